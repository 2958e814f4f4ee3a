package dev.holdfast.memcached.node;

/** An item that was read over a connection. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ConnectedItem(ConnectedToken token, byte[] value) implements Node.Item {}
