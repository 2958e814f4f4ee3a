package dev.holdfast.redis.faults;

import dev.holdfast.spi.SessionKey;

/**
 * One value that a client wanted an attribute to have. Only that client writes this attribute, one value after the other, each
 * greater than the one before.
 *
 * @param acknowledged false: it may or may not be there, now or later
 */
record Write(SessionKey key, String attribute, long value, long beginNanos, long endNanos, boolean acknowledged) {}
