package dev.holdfast.peer;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Requests on their way to other members, and who waits for each answer. Each callback is called exactly once: with the
 * answer, with {@link Message.WrongEpoch} when the member has left, or with a failure when the time is over. Thread-safe; no
 * thread waits here.
 */
final class Calls {

    /** More than this many unanswered requests are a sign that something is stuck; memory stays bounded. */
    private static final int MOST_PENDING = 20_000;

    static final Message.Failed CLOSED = new Message.Failed(StoreException.Kind.UNAVAILABLE, "the store was closed");

    private record Pending(
            Member target, String what, long startNanos, long deadlineNanos, Consumer<Message.Response> callback) {}

    private final MessageCodec codec;
    private final Network network;
    private final Clock clock;
    private final TimeSource time;
    private final AtomicLong lastCorrelation = new AtomicLong();
    private final ConcurrentMap<Long, Pending> pending = new ConcurrentHashMap<>();

    /** When each member last answered anything. */
    private final ConcurrentMap<Member, Long> heard = new ConcurrentHashMap<>();

    private volatile boolean closed;

    Calls(MessageCodec codec, Network network, Clock clock, TimeSource time) {
        this.codec = codec;
        this.network = network;
        this.clock = clock;
        this.time = time;
    }

    /** @param deadlineNanos on the clock of {@link TimeSource#nanos} */
    void ask(
            Member target,
            long epoch,
            Message.Request request,
            long deadlineNanos,
            Consumer<Message.Response> callback) {
        if (pending.size() >= MOST_PENDING) {
            callback.accept(new Message.Failed(
                    StoreException.Kind.UNAVAILABLE,
                    MOST_PENDING + " requests to other members wait for their answers"));
            return;
        }
        if (closed) {
            callback.accept(CLOSED);
            return;
        }
        long correlation = lastCorrelation.incrementAndGet();
        String what = request.getClass().getSimpleName();
        pending.put(correlation, new Pending(target, what, time.nanos(), deadlineNanos, callback));
        network.send(target, codec.encode(new MessageCodec.Envelope(correlation, epoch, request), clock.millis()));
    }

    void answered(Member from, long correlation, Message.Response response) {
        Pending waiting = pending.get(correlation);
        if (waiting != null && waiting.target().equals(from) && pending.remove(correlation, waiting)) {
            heard.put(from, time.nanos());
            waiting.callback().accept(response);
        }
    }

    /** Lets go of requests to members that are not in the new epoch: nobody will answer them. */
    void installed(Epoch epoch) {
        heard.keySet().retainAll(epoch.members());
        for (Pending lost : take(call -> !epoch.contains(call.target()))) {
            lost.callback().accept(new Message.WrongEpoch(true));
        }
    }

    void tick() {
        long now = time.nanos();
        for (Pending late : take(call -> call.deadlineNanos() - now <= 0)) {
            Long last = heard.get(late.target());
            if (last == null || last - late.startNanos() < 0) {
                // It has not answered anything else meanwhile either.
                network.doubt(late.target());
            }
            late.callback().accept(new Message.Failed(StoreException.Kind.TIMEOUT, describe(late, now)));
        }
    }

    void close() {
        closed = true;
        for (Pending waiting : take(call -> true)) {
            waiting.callback().accept(CLOSED);
        }
    }

    private String describe(Pending late, long now) {
        return "no answer from member " + late.target() + " to " + late.what() + " within "
                + (now - late.startNanos()) / 1_000_000 + " ms (" + pending.size() + " other requests waiting)";
    }

    private List<Pending> take(Predicate<Pending> which) {
        List<Pending> taken = new ArrayList<>();
        pending.forEach((correlation, call) -> {
            if (which.test(call) && pending.remove(correlation, call)) {
                taken.add(call);
            }
        });
        return taken;
    }
}
