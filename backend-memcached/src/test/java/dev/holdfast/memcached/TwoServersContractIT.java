package dev.holdfast.memcached;

import dev.holdfast.memcached.node.NodeOptions;

/** On two servers, both homes of every session. */
class TwoServersContractIT extends ServersContract {

    TwoServersContractIT() {
        super(2, NodeOptions.Protocol.BINARY);
    }
}
