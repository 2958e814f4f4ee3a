package dev.holdfast.redis.server;

import redis.clients.jedis.util.JedisClusterCRC16;

/** Hash slots, as Redis Cluster computes them. */
public final class Slots {

    /** How many there are. */
    public static final int COUNT = 16_384;

    private Slots() {}

    /** @param tag what stands between the braces of a key */
    public static int of(byte[] tag) {
        return JedisClusterCRC16.getCRC16(tag) & (COUNT - 1);
    }
}
