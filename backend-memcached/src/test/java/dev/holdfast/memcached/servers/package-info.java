/** Real memcached servers for tests: started on free ports of this machine, paused, killed, restarted, and gone at the end. */
package dev.holdfast.memcached.servers;
