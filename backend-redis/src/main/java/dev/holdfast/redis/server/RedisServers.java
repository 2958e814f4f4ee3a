package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Request.Outcome;
import dev.holdfast.redis.server.Unreachable.Reason;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends each command to its master, and again where that is safe: what was certainly not applied as it is, what may have
 * been applied as its {@link Command#repeat}, once. Repeating anything else could apply a write twice, or a late one over
 * a later one.
 */
final class RedisServers implements Servers {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    /** More redirections for one command than any move of slots makes. */
    private static final int MOST_HOPS = 8;

    private static final int MOST_MISHAPS = 2;

    private final Masters masters;
    private final List<AutoCloseable> owned;
    private volatile boolean closed;

    /** @param owned to be closed with this, in that order, after the masters */
    RedisServers(Masters masters, List<AutoCloseable> owned) {
        this.masters = masters;
        this.owned = List.copyOf(owned);
    }

    Masters masters() {
        return masters;
    }

    @Override
    public List<@Nullable Object> send(List<Command> commands, long deadlineNanos) throws StoreException {
        List<Request> requests = new ArrayList<>(commands.size());
        for (Command command : commands) {
            requests.add(new Request(command));
        }
        new Sending(deadlineNanos).send(requests);
        List<@Nullable Object> answers = new ArrayList<>(requests.size());
        for (Request request : requests) {
            answers.add(request.answer());
        }
        return answers;
    }

    /** One call of {@link #send}: its time, and what has been tried. For one thread. */
    private final class Sending {

        private final long deadlineNanos;
        private final long budgetNanos;
        private final Map<Request, Trips> sentTo = new LinkedHashMap<>();
        private int hops;
        private int mishaps;
        private boolean pause;
        private long giveUpNanos;

        Sending(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
            this.budgetNanos = deadlineNanos - System.nanoTime();
            this.giveUpNanos = deadlineNanos;
        }

        void send(List<Request> requests) {
            List<Request> open = requests;
            while (!open.isEmpty()) {
                if (closed) {
                    throw new StoreException(Kind.UNAVAILABLE, "redis: closed");
                }
                pause = false;
                travel(open);
                List<Request> again = new ArrayList<>();
                for (Request request : open) {
                    if (!isFinal(request)) {
                        again.add(request);
                    }
                }
                if (pause && !again.isEmpty()) {
                    await();
                }
                open = again;
            }
        }

        private void travel(List<Request> open) {
            Map<Trips, List<Request>> byServer = new LinkedHashMap<>();
            sentTo.clear();
            for (Request request : open) {
                try {
                    Address asking = request.asking();
                    Trips server = asking == null ? masters.of(request.command().slot()) : masters.at(asking);
                    sentTo.put(request, server);
                    byServer.computeIfAbsent(server, key -> new ArrayList<>()).add(request);
                } catch (Unreachable e) {
                    request.failed(Outcome.NOT_SENT, e);
                }
            }
            byServer.forEach((server, some) -> server.perform(new Call(some, deadlineNanos)));
        }

        /** Whether it has been answered. If not, the request has been prepared for another try, or this throws. */
        private boolean isFinal(Request request) {
            Trips server = sentTo.get(request);
            return switch (request.outcome()) {
                case ANSWERED -> !(request.answer() instanceof ErrorReply error) || redirected(request, error, server);
                case NOT_SENT -> {
                    goOnUnsent(request, server);
                    yield false;
                }
                case LOST -> {
                    Command repeat = request.command().repeat();
                    if (repeat == null || request.isRepeated()) {
                        throw failure(
                                Kind.UNAVAILABLE,
                                request,
                                server,
                                "connection lost before the answer; it may or may not have been applied");
                    }
                    request.againAs(repeat);
                    yield false;
                }
                case LATE -> {
                    if (server != null) {
                        masters.suspect(server);
                    }
                    throw failure(
                            Kind.TIMEOUT, request, server, "no answer in time; it may or may not have been applied");
                }
                case UNCONFIRMED ->
                    throw failure(
                            Kind.UNAVAILABLE,
                            request,
                            server,
                            "written, but only " + request.confirmedBy()
                                    + " replicas confirmed it (redis.wait-replicas): it may be lost if the master is");
                case WAITING -> throw new IllegalStateException("no outcome");
            };
        }

        /** Never true: an error is no answer that a caller could use. */
        private boolean redirected(Request request, ErrorReply error, @Nullable Trips server) {
            switch (error.code()) {
                case "NOSCRIPT" -> {
                    if (request.command().script() == null || request.isWithSource()) {
                        throw refusal(request, error, server);
                    }
                    request.againWithSource();
                }
                case "MOVED", "ASK" -> {
                    Address target = server == null ? null : masters.moved(server, error.text());
                    if (target == null) {
                        throw refusal(request, error, server);
                    }
                    pause |= ++hops > MOST_HOPS;
                    if (error.code().equals("ASK")) {
                        request.againAt(target);
                    } else {
                        request.again();
                    }
                }
                case "TRYAGAIN" -> {
                    retryLater(request, error, server);
                }
                default -> {
                    if (!error.saysDown() || server == null) {
                        throw refusal(request, error, server);
                    }
                    server.suspect(new Unreachable(
                            Reason.NO_MASTER, server + ": " + error.explained(request.wireName()), null));
                    masters.suspect(server);
                    waitNoLongerThanOthers(server);
                    retryLater(request, error, server);
                }
            }
            return false;
        }

        private void retryLater(Request request, ErrorReply error, @Nullable Trips server) {
            if (isOver()) {
                throw refusal(request, error, server);
            }
            pause = true;
            request.againAfter(error.explained(request.wireName()));
        }

        private void goOnUnsent(Request request, @Nullable Trips server) {
            boolean passes = request.cause() instanceof Unreachable e && e.reason() == Reason.NO_MASTER;
            if (server != null && server.isClosed() && !closed) {
                // Another server is the master now.
                if (isOver()) {
                    throw failure(Kind.UNAVAILABLE, request, server, "not sent");
                }
                request.again();
                return;
            }
            if (server != null && !(request.cause() instanceof Unreachable) && ++mishaps <= MOST_MISHAPS) {
                // The connection was there, but broke before anything left, or somebody else in the trip could not be
                // written.
                request.again();
                return;
            }
            if (server != null) {
                masters.suspect(server);
                waitNoLongerThanOthers(server);
            }
            if (server == null || isOver() || !(passes || masters.mayChange())) {
                throw failure(Kind.UNAVAILABLE, request, server, "not sent");
            }
            pause = true;
            request.again();
        }

        /**
         * When a server is down the callers of that moment wait for another one, each for its whole time if need be; those
         * who come later wait only as long as the first ones, and at last not at all. Else a fail-over that takes long would
         * keep every request thread waiting for its full timeout.
         */
        private void waitNoLongerThanOthers(Trips server) {
            long until = server.breaker().downSinceNanos() + budgetNanos;
            if (until - giveUpNanos < 0) {
                giveUpNanos = until;
            }
        }

        private boolean isOver() {
            return giveUpNanos - System.nanoTime() <= 0;
        }

        private void await() {
            try {
                long pauseEnd = System.nanoTime() + PAUSE_NANOS;
                masters.awaitNews(pauseEnd - deadlineNanos < 0 ? pauseEnd : deadlineNanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException(Kind.UNAVAILABLE, "redis: interrupted while waiting for a master", e);
            }
        }
    }

    private static StoreException refusal(Request request, ErrorReply error, @Nullable Trips server) {
        return failure(Kind.UNAVAILABLE, request, server, error.explained(request.wireName()));
    }

    private static StoreException failure(Kind kind, Request request, @Nullable Trips server, String what) {
        Throwable cause = request.cause();
        String where = server == null ? "redis" : "redis " + server;
        String why = cause == null ? "" : " (" + cause.getMessage() + ")";
        String before = request.isRepeated() ? "; it was sent before, and may have been applied then" : "";
        String last = request.trouble() == null ? "" : "; " + request.trouble();
        return new StoreException(kind, where + ": " + request.name() + ": " + what + why + last + before, cause);
    }

    @Override
    public void ping(long deadlineNanos) throws StoreException {
        String gap = masters.gap();
        if (gap != null) {
            throw new StoreException(Kind.UNAVAILABLE, "redis: " + gap);
        }
        for (Trips server : masters.all()) {
            Request role = new Request(plain("ROLE"));
            server.perform(new Call(List.of(role), deadlineNanos));
            if (role.outcome() == Outcome.LOST) {
                role.again();
                server.perform(new Call(List.of(role), deadlineNanos));
            }
            switch (role.outcome()) {
                case ANSWERED -> {
                    Unreachable problem = role.answer() instanceof ErrorReply error
                            ? new Unreachable(Reason.REFUSED, error.explained("ROLE"), null)
                            : Opener.notMaster(server.address(), role.answer());
                    if (problem != null) {
                        server.suspect(problem);
                        masters.suspect(server);
                        throw new StoreException(Kind.UNAVAILABLE, "redis " + problem.getMessage(), problem);
                    }
                }
                case LATE -> throw failure(Kind.TIMEOUT, role, server, "no answer in time");
                default -> {
                    masters.suspect(server);
                    throw failure(Kind.UNAVAILABLE, role, server, "no answer");
                }
            }
        }
    }

    /** A command of ours that has no keys and changes nothing. */
    static Command plain(String name, String... arguments) {
        List<byte[]> bytes = new ArrayList<>();
        for (String argument : arguments) {
            bytes.add(Wire.bytes(argument));
        }
        return new Command(0, name, null, 0, bytes, false, null);
    }

    @Override
    public void close() {
        closed = true;
        masters.close();
        for (AutoCloseable each : owned) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing never fails here", e);
            }
        }
    }
}
