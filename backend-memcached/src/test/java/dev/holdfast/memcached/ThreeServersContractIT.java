package dev.holdfast.memcached;

import dev.holdfast.memcached.node.NodeOptions;

/** On three servers, of which two are homes of a session, by the text protocol. */
class ThreeServersContractIT extends ServersContract {

    ThreeServersContractIT() {
        super(3, NodeOptions.Protocol.TEXT);
    }
}
