package dev.holdfast.benchmarks.stores;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** Jedis with plain commands, a connection for each thread. What scripts are sent besides the session is sent as padding. */
record BareRedis(String address) implements StoreWork {

    /** What naming a script and its arguments takes more than naming HGET. */
    private static final int LOOK = 64;

    /** What naming a script, the deadlines' key and its arguments takes more than naming HSET. */
    private static final int SAVE = 109;

    /** On a machine that is busy with other things as well. */
    private static final int MOST_MILLIS = 30_000;

    @Override
    public User user(Random random, int kilobytes) {
        return new JedisUser(new Jedis(URI.create(address), MOST_MILLIS), random, kilobytes);
    }

    @Override
    public void close() {
        // users close theirs
    }

    private static final class JedisUser implements User {

        private final Jedis jedis;
        private final Random random;
        private final byte[] look;
        private final Map<byte[], byte[]> attributes = new LinkedHashMap<>();
        private final Map<byte[], byte[]> change = new LinkedHashMap<>();
        private final byte[] key;

        JedisUser(Jedis jedis, Random random, int kilobytes) {
            this.jedis = jedis;
            this.random = random;
            look = Sessions.bytes(random, LOOK);
            byte[] padding = {'x'};
            int size = kilobytes * 1000 / ATTRIBUTES;
            for (int i = 0; i < ATTRIBUTES; i++) {
                attributes.put(("text" + i).getBytes(US_ASCII), Sessions.bytes(random, size));
            }
            change.put("text1".getBytes(US_ASCII), Sessions.bytes(random, size));
            change.put(padding, Sessions.bytes(random, SAVE));
            attributes.put(padding, Sessions.bytes(random, SAVE));
            key = newKey();
            jedis.hset(key, attributes);
        }

        private byte[] newKey() {
            return ("hf:{bench.7f}:s:" + Sessions.key(random).opaque()).getBytes(US_ASCII);
        }

        @Override
        public Object act(Operation operation) {
            return switch (operation) {
                case UNCHANGED -> Arrays.hashCode(jedis.hget(key, look));
                case LOAD -> {
                    Pipeline trip = jedis.pipelined();
                    var looked = trip.hget(key, look);
                    var fields = trip.hgetAll(key);
                    trip.sync();
                    yield List.of(Arrays.hashCode(looked.get()), fields.get());
                }
                case SAVE -> jedis.hset(key, change);
                case CREATE -> jedis.hset(newKey(), attributes);
            };
        }

        @Override
        public void close() {
            jedis.close();
        }
    }
}
