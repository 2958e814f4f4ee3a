/**
 * Sessions kept by the application servers themselves: JGroups gives membership and messages, the replication is here.
 */
@NullMarked
package dev.holdfast.peer;

import org.jspecify.annotations.NullMarked;
