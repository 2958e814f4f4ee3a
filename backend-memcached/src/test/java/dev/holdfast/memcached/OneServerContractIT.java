package dev.holdfast.memcached;

import dev.holdfast.memcached.node.NodeOptions;

/** On one server: no backup. */
class OneServerContractIT extends ServersContract {

    OneServerContractIT() {
        super(1, NodeOptions.Protocol.BINARY);
    }
}
