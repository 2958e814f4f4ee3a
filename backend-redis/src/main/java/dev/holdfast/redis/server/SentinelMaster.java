package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Unreachable.Reason;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The master that Sentinels name. They are asked every second, and more often while the master does not answer; asking
 * finds what their notifications would tell, and also what was missed while they could not be heard.
 */
final class SentinelMaster implements Masters {

    private static final Logger LOG = LoggerFactory.getLogger(SentinelMaster.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long URGENT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private final List<Informant> sentinels;
    private final Function<Address, Trips> connect;
    private final Lookout lookout;
    /** Written by whoever looks: the thread that opens it, then the lookout's. */
    private volatile @Nullable Trips current;

    /** @param connect the way to a master */
    SentinelMaster(String name, List<Informant> sentinels, Function<Address, Trips> connect) {
        this.name = name;
        this.sentinels = List.copyOf(sentinels);
        this.connect = connect;
        this.lookout = new Lookout("holdfast-redis-sentinels", this::look);
    }

    @Override
    public void start() throws StoreException {
        Votes votes = ask();
        Address best = votes.majority();
        if (best == null) {
            best = votes.best();
        }
        if (best == null) {
            throw new StoreException(
                    Kind.UNAVAILABLE, "redis: no Sentinel names a master: " + String.join("; ", votes.problems));
        }
        current = connect.apply(best);
        lookout.start();
    }

    /** What the Sentinels said in one round. */
    static final class Votes {

        private final int sentinels;
        private final Map<Address, Integer> count = new LinkedHashMap<>();
        final List<String> problems = new ArrayList<>();

        Votes(int sentinels) {
            this.sentinels = sentinels;
        }

        void add(Address master) {
            count.merge(master, 1, Integer::sum);
        }

        /** What more than half of all configured ones say. */
        @Nullable
        Address majority() {
            Address best = best();
            return best != null && count.getOrDefault(best, 0) * 2 > sentinels ? best : null;
        }

        @Nullable
        Address best() {
            return count.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse(null);
        }
    }

    private Votes ask() {
        Votes votes = new Votes(sentinels.size());
        List<Informant> order = new ArrayList<>(sentinels);
        // Stable: those that hung last time come last, and are not needed if the others agree.
        order.sort(Comparator.comparing(Informant::hasFailed));
        for (Informant sentinel : order) {
            if (votes.majority() != null || lookout.isClosed()) {
                break;
            }
            try {
                votes.add(master(sentinel));
            } catch (Unreachable e) {
                votes.problems.add(String.valueOf(e.getMessage())
                        .replace("redis.user", "redis.sentinel-user")
                        .replace("redis.password", "redis.sentinel-password"));
            }
        }
        return votes;
    }

    private Address master(Informant sentinel) throws Unreachable {
        Object reply = sentinel.ask("SENTINEL", "get-master-addr-by-name", name);
        String problem;
        if (reply instanceof ErrorReply error) {
            problem = error.text().contains("unknown command")
                    ? "that is no Sentinel; write redis:// for a server that keeps data"
                    : error.explained("SENTINEL");
        } else if (reply == null) {
            problem = "the Sentinel knows no master called " + name + "; correct what stands before the @";
        } else {
            List<?> parts = Wire.list(reply);
            Address master = parts.size() == 2
                    ? Address.from(
                            parts.get(0), parts.get(1), sentinel.address().host())
                    : null;
            if (master != null) {
                return master;
            }
            problem = "the Sentinel names a master without an address";
        }
        throw new Unreachable(Reason.REFUSED, sentinel.address() + ": " + problem, null);
    }

    private long look() {
        Votes votes = ask();
        Trips old = master();
        boolean down = old.breaker().isOpen();
        Address next = votes.majority();
        if (next == null && down) {
            // Too few Sentinels to be sure. One that was cut off may name a master of yesterday, so their word is taken
            // only
            // if there is nothing to lose.
            next = votes.best();
        }
        if (next != null && !next.equals(old.address()) && !lookout.isClosed()) {
            LOG.info("redis: {} is the master now, no longer {}", next, old);
            Trips fresh = connect.apply(next);
            current = fresh;
            old.close("no longer the master");
            if (lookout.isClosed()) {
                fresh.close("closed");
            }
            down = false;
        }
        return down ? URGENT_NANOS : PERIOD_NANOS;
    }

    private Trips master() {
        Trips master = current;
        if (master == null) {
            throw new IllegalStateException("not started");
        }
        return master;
    }

    @Override
    public Trips of(int slot) {
        return master();
    }

    @Override
    public Collection<Trips> all() {
        return List.of(master());
    }

    @Override
    public boolean mayChange() {
        return true;
    }

    @Override
    public void suspect(Trips server) {
        if (server == current) {
            lookout.soon();
        }
    }

    @Override
    public void awaitNews(long deadlineNanos) throws InterruptedException {
        lookout.awaitNews(deadlineNanos);
    }

    @Override
    public void close() {
        // First what a look may be waiting for.
        sentinels.forEach(Informant::close);
        lookout.close();
        Trips master = current;
        if (master != null) {
            master.close("closed");
        }
    }
}
