package dev.holdfast.peer;

import dev.holdfast.spi.TimeSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks other homes of a session whether they know of no later epoch; what they answer prolongs the {@link ReadLease}. Thread-safe. */
final class LeaseQuestions {

    private final ReadLease lease;
    private final Calls calls;
    private final TimeSource time;
    private final long timeoutNanos;

    LeaseQuestions(ReadLease lease, Calls calls, TimeSource time, long timeoutNanos) {
        this.lease = lease;
        this.calls = calls;
        this.time = time;
        this.timeoutNanos = timeoutNanos;
    }

    /** @param done told once, if any are asked: null if they do not */
    void ask(Epoch epoch, List<Member> homes, Consumer<Message.@Nullable Response> done) {
        long sentNanos = time.nanos();
        AtomicInteger missing = new AtomicInteger(homes.size());
        AtomicBoolean over = new AtomicBoolean();
        for (Member home : homes) {
            calls.ask(home, epoch.token(), new Message.Probe(), sentNanos + timeoutNanos, answer -> {
                if (answer instanceof Message.Done) {
                    lease.confirmed(home, epoch.token(), sentNanos);
                    if (missing.decrementAndGet() == 0 && over.compareAndSet(false, true)) {
                        done.accept(null);
                    }
                } else if (over.compareAndSet(false, true)) {
                    done.accept(answer instanceof Message.WrongEpoch ? new Message.WrongEpoch(false) : answer);
                }
            });
        }
    }

    /** Without waiting for it: those whose answers grow old. */
    void askAgain(Epoch epoch, List<Member> homes) {
        ask(epoch, lease.ageing(epoch.token(), homes), unused -> {});
    }
}
