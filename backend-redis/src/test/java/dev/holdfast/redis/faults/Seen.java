package dev.holdfast.redis.faults;

import dev.holdfast.spi.SessionKey;
import java.util.Map;

/**
 * What a client took for a session's state, by the answer to a load or to its own save.
 *
 * @param client by its number
 * @param values of all attributes
 */
record Seen(SessionKey key, int client, long beginNanos, long endNanos, long version, Map<String, Long> values) {}
