package dev.holdfast.redis;

import dev.holdfast.redis.server.Script;
import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A lock is a string with its owner's token, which expires with the lease; only who knows the token prolongs or deletes it.
 * Who waits asks again after pauses of {@link #FIRST_PAUSE} to {@link #LONGEST_PAUSE}, each of a random length, so that many
 * who wait for one lock do not ask together. Thread-safe.
 */
final class RedisLocks {

    static final Duration FIRST_PAUSE = Duration.ofMillis(4);
    static final Duration LONGEST_PAUSE = Duration.ofMillis(64);

    private final Calls calls;
    private final Keys keys;
    private final Scripts scripts;

    RedisLocks(Calls calls, Keys keys, Scripts scripts) {
        this.calls = calls;
        this.keys = keys;
        this.scripts = scripts;
    }

    Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) {
        SessionLocks.requireLease(lease);
        SessionLocks.requireWait(maxWait);
        Held held = new Held(key, Removal.newOp());
        long giveUpNanos = System.nanoTime() + maxWait.toNanos();
        long pauseNanos = FIRST_PAUSE.toNanos();
        while (!held.run(scripts.lock, lease)) {
            long left = giveUpNanos - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            pause(Math.min(left, pauseNanos / 2 + ThreadLocalRandom.current().nextLong(pauseNanos / 2)));
            pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
        }
        return Optional.of(held);
    }

    private static void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, "Redis: interrupted while waiting for a session's lock", e);
        }
    }

    private final class Held implements Lease {

        private final SessionKey key;
        private final long owner;

        Held(SessionKey key, long owner) {
            this.key = key;
            this.owner = owner;
        }

        @Override
        public long owner() {
            return owner;
        }

        @Override
        public boolean renew(Duration lease) {
            SessionLocks.requireLease(lease);
            return run(scripts.renew, lease);
        }

        @Override
        public void release() {
            byte[] token = token();
            long ignored = calls.number(scripts.release, Keys.bucketOf(key), keys.lock(key), List.of(token));
        }

        private boolean run(Script script, Duration lease) {
            long millis = lease.plusNanos(999_999).toMillis();
            byte[] life = Long.toString(millis).getBytes(StandardCharsets.US_ASCII);
            return calls.number(script, Keys.bucketOf(key), keys.lock(key), List.of(token(), life)) == 1;
        }

        private byte[] token() {
            return ByteBuffer.allocate(8).putLong(owner).array();
        }
    }
}
