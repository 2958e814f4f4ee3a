package dev.holdfast.memcached.node;

/**
 * @param connection the only one over which the token may be sent
 * @param token never 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ConnectedItem(Connection connection, long token, byte[] value) implements Node.Item {}
