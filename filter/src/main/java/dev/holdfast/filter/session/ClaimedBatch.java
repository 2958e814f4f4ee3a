package dev.holdfast.filter.session;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Expired sessions that were claimed by one call. Their listeners run one after the other; those that have run are confirmed
 * together, by one call for hundreds. For one thread.
 *
 * <p>What has run and is not confirmed is handed out again if this node dies, and its listeners are called once more. So a
 * confirmation waits for the next listeners only, or for a tenth of the lease, whichever is longer.
 */
final class ClaimedBatch {

    private final Sessions sessions;
    private final ExpiryClaims store;
    private final long claimedNanos;
    private final long leaseNanos;

    private final List<Claim> unconfirmed = new ArrayList<>();

    /** When the listeners of the first unconfirmed one had run, or confirming last failed. */
    private long waitingSinceNanos;

    private int failed;
    private @Nullable RuntimeException firstFailure;

    /** @param claimedNanos a moment before the call that claimed */
    ClaimedBatch(Sessions sessions, ExpiryClaims store, long claimedNanos) {
        this.sessions = sessions;
        this.store = store;
        this.claimedNanos = claimedNanos;
        leaseNanos = sessions.sessionRules().claimLease().toNanos();
    }

    /**
     * Runs the listeners and confirms. Not all of them if that takes too long or the application is being stopped: the rest is
     * handed out again after its lease, as is every session on which {@code listeners} failed. An {@link Error} goes out, after
     * what had run before it was confirmed.
     *
     * @param listeners calls those of a session
     * @return how many of the claims it came to
     */
    int run(List<Claim> claims, Consumer<SessionSnapshot> listeners) {
        int reached = 0;
        try {
            for (Claim claim : claims) {
                // In the second half of the lease it may end while the listeners run: somebody gets the session again.
                if (sessions.isClosed() || since(claimedNanos) > leaseNanos / 2) {
                    break;
                }
                reached++;
                run(claim, listeners);
                if (!unconfirmed.isEmpty() && since(waitingSinceNanos) > leaseNanos / 10 && confirm() != null) {
                    waitingSinceNanos = sessions.time().nanos(); // for the next attempt
                }
            }
        } finally {
            finish();
        }
        return reached;
    }

    private void run(Claim claim, Consumer<SessionSnapshot> listeners) {
        try {
            listeners.accept(claim.snapshot());
        } catch (RuntimeException e) { // the others' sessions end all the same
            failed++;
            firstFailure = firstFailure == null ? e : firstFailure;
            return;
        }
        if (unconfirmed.isEmpty()) {
            waitingSinceNanos = sessions.time().nanos();
        }
        unconfirmed.add(claim);
    }

    private void finish() {
        StoreException failure = unconfirmed.isEmpty() ? null : confirm();
        if (failure != null) {
            sessions.log()
                    .warn(
                            "the ends of {} expired sessions could not be confirmed: their listeners may be called again, {}",
                            unconfirmed.size(),
                            failure.getMessage());
        }
        if (failed > 0) {
            sessions.log().error("ending {} expired sessions failed, the first one with", failed, firstFailure);
        }
    }

    /** Null if all are confirmed, and nothing is unconfirmed any more. */
    private @Nullable StoreException confirm() {
        // An application that is stopped interrupts its listeners. What has run must be confirmed nevertheless, and the
        // store would refuse: the interrupt is put off for the time of the call, one that comes during it too.
        boolean[] interrupted = new boolean[1];
        try {
            boolean ignored = sessions.askingTwice(() -> {
                interrupted[0] |= Thread.interrupted();
                store.confirm(List.copyOf(unconfirmed));
                return true;
            });
            unconfirmed.clear();
            return null;
        } catch (StoreException e) {
            return e;
        } finally {
            if (interrupted[0]) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long since(long nanos) {
        return sessions.time().nanos() - nanos;
    }
}
