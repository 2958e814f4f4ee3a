package dev.holdfast.peer;

import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Locks as those who take them see them; their owners' side is {@link Locks}. Who waits asks again, after pauses of a random
 * length that grow. Thread-safe.
 */
final class Leases implements SessionLocks {

    private static final long FIRST_PAUSE_NANOS = 4_000_000;
    private static final long LONGEST_PAUSE_NANOS = 64_000_000;

    /** Asks the owner of a lock, and waits for the answer. */
    interface Asking {
        /**
         * @param operation for messages
         * @return what {@link Message.LockIs} says
         */
        boolean held(String operation, Message.Lock request);

        /** Without waiting for the answer. */
        void tell(Message.Lock request);
    }

    private final Asking asking;

    Leases(Asking asking) {
        this.asking = asking;
    }

    @Override
    public Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) {
        SessionLocks.requireLease(lease);
        SessionLocks.requireWait(maxWait);
        Held held = new Held(key, Removal.newOp());
        long giveUpNanos = TimeSource.SYSTEM.nanos() + maxWait.toNanos();
        long pauseNanos = FIRST_PAUSE_NANOS;
        while (!held.take(lease)) {
            long left = giveUpNanos - TimeSource.SYSTEM.nanos();
            if (left <= 0) {
                return Optional.empty();
            }
            pause(Math.min(left, pauseNanos / 2 + ThreadLocalRandom.current().nextLong(pauseNanos / 2)));
            pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
        }
        return Optional.of(held);
    }

    private static void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, "peer store: interrupted while waiting for a session's lock", e);
        }
    }

    private final class Held implements Lease {

        private final SessionKey key;
        private final long owner;

        Held(SessionKey key, long owner) {
            this.key = key;
            this.owner = owner;
        }

        /** Whoever does not learn whether it was given the lock does not keep it. */
        boolean take(Duration lease) {
            try {
                return ask("lock", Message.LockVerb.TAKE, lease);
            } catch (StoreException e) {
                asking.tell(new Message.Lock(key, Message.LockVerb.RELEASE, owner, Duration.ZERO));
                throw e;
            }
        }

        @Override
        public long owner() {
            return owner;
        }

        @Override
        public boolean renew(Duration lease) {
            SessionLocks.requireLease(lease);
            return ask("renewal of a lock", Message.LockVerb.RENEW, lease);
        }

        @Override
        public void release() {
            boolean ignored = ask("release of a lock", Message.LockVerb.RELEASE, Duration.ZERO);
        }

        private boolean ask(String operation, Message.LockVerb verb, Duration lease) {
            return asking.held(operation, new Message.Lock(key, verb, owner, lease));
        }
    }
}
