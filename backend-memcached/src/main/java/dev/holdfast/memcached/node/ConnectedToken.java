package dev.holdfast.memcached.node;

/**
 * @param connection the only one over which the number may be sent
 * @param number never 0
 */
record ConnectedToken(Connection connection, long number) implements Node.Token {}
