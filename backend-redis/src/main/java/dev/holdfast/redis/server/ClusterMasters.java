package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Unreachable.Reason;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The masters of a Redis Cluster, by slot: asked of any node every ten seconds, when a node says MOVED, and while one
 * cannot be reached.
 */
final class ClusterMasters implements Masters {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterMasters.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long URGENT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int MOST_NODES = 1_000;
    private static final Pattern REDIRECTION = Pattern.compile("(MOVED|ASK) ([0-9]{1,5}) (\\S{1,300})");

    private final List<Address> seeds;
    private final Function<Address, Informant> informants;
    private final Function<Address, Trips> connect;
    private final Lookout lookout;

    /** Written under {@link #lock}. */
    private final AtomicReferenceArray<@Nullable Trips> bySlot = new AtomicReferenceArray<>(Slots.COUNT);

    /** Guards all below; never held during I/O, but for closing sockets. */
    private final Object lock = new Object();

    private final Map<Address, Trips> nodes = new HashMap<>();
    private boolean closed;

    /** For who looks: the thread that opens it, then the lookout's; closed by any. */
    private volatile @Nullable Informant informant;

    private volatile boolean suspicious;
    private int turn;

    /** @param connect the way to a master */
    ClusterMasters(List<Address> seeds, Function<Address, Informant> informants, Function<Address, Trips> connect) {
        this.seeds = List.copyOf(seeds);
        this.informants = informants;
        this.connect = connect;
        this.lookout = new Lookout("holdfast-redis-cluster", this::look);
    }

    @Override
    public void start() throws StoreException {
        List<String> problems = refresh();
        if (all().isEmpty()) {
            throw new StoreException(
                    Kind.UNAVAILABLE, "redis: no node tells about the cluster: " + String.join("; ", problems));
        }
        lookout.start();
    }

    private long look() {
        refresh();
        return all().stream().anyMatch(server -> server.breaker().isOpen()) ? URGENT_NANOS : PERIOD_NANOS;
    }

    /** @return what went wrong with those that were asked in vain */
    private List<String> refresh() {
        if (suspicious) {
            // Who answered last may be the one that knows nothing of what has happened.
            suspicious = false;
            hangUp();
        }
        List<String> problems = new ArrayList<>();
        Set<Address> order = new LinkedHashSet<>();
        Informant last = informant;
        if (last != null) {
            order.add(last.address());
        }
        order.addAll(candidates());
        for (Address address : order) {
            if (lookout.isClosed()) {
                break;
            }
            Informant asked = last != null && last.address().equals(address) ? last : informants.apply(address);
            informant = asked;
            try {
                accept(SlotMap.parse(asked.ask("CLUSTER", "SLOTS"), address));
                return problems;
            } catch (Unreachable e) {
                problems.add(String.valueOf(e.getMessage()));
                hangUp();
            }
        }
        return problems;
    }

    /** All that are known, those that answer first; another one first each time. */
    private List<Address> candidates() {
        List<Trips> known;
        synchronized (lock) {
            known = List.copyOf(nodes.values());
        }
        List<Address> well = new ArrayList<>();
        List<Address> ill = new ArrayList<>();
        for (Trips server : known) {
            (server.breaker().isOpen() ? ill : well).add(server.address());
        }
        if (!well.isEmpty()) {
            Collections.rotate(well, turn++);
        }
        well.addAll(seeds);
        well.addAll(ill);
        return well;
    }

    private void accept(SlotMap map) {
        List<Trips> gone = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                return;
            }
            for (int slot = 0; slot < Slots.COUNT; slot++) {
                Address master = map.master(slot);
                bySlot.set(slot, master == null ? null : node(master));
            }
            Set<Address> staying = new HashSet<>(map.masters());
            nodes.values().removeIf(server -> !staying.contains(server.address()) && gone.add(server));
        }
        for (Trips server : gone) {
            LOG.info("redis: {} holds no slots any more", server);
            server.close("holds no slots any more");
        }
        if (map.uncovered() > 0) {
            LOG.debug("redis: {} slots have no master", map.uncovered());
        }
    }

    /** Under the lock. */
    private Trips node(Address address) {
        return nodes.computeIfAbsent(address, connect);
    }

    private void hangUp() {
        Informant old = informant;
        informant = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public Trips of(int slot) throws Unreachable {
        Trips server = bySlot.get(slot);
        if (server == null) {
            lookout.soon();
            throw new Unreachable(Reason.REFUSED, "no master holds slot " + slot + "; see CLUSTER INFO", null);
        }
        return server;
    }

    @Override
    public Collection<Trips> all() {
        Set<Trips> all = new LinkedHashSet<>();
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            Trips server = bySlot.get(slot);
            if (server != null) {
                all.add(server);
            }
        }
        return all;
    }

    @Override
    public @Nullable String gap() {
        int missing = 0;
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            missing += bySlot.get(slot) == null ? 1 : 0;
        }
        return missing == 0 ? null : missing + " slots of the cluster have no master; see CLUSTER INFO";
    }

    @Override
    public boolean mayChange() {
        return true;
    }

    @Override
    public void suspect(Trips server) {
        suspicious = true;
        lookout.soon();
    }

    @Override
    public void awaitNews(long deadlineNanos) throws InterruptedException {
        lookout.awaitNews(deadlineNanos);
    }

    @Override
    public @Nullable Address moved(Trips from, String where) {
        Matcher matcher = REDIRECTION.matcher(where);
        if (!matcher.matches()) {
            return null;
        }
        int slot = Integer.parseInt(matcher.group(2));
        Address target = Address.parse(matcher.group(3), from.address().host());
        if (target == null || slot >= Slots.COUNT) {
            return null;
        }
        if (matcher.group(1).equals("MOVED")) {
            synchronized (lock) {
                if (closed || nodes.size() >= MOST_NODES) {
                    return null;
                }
                bySlot.set(slot, node(target));
            }
            suspicious = true;
            lookout.soon();
        }
        return target;
    }

    @Override
    public Trips at(Address address) throws Unreachable {
        synchronized (lock) {
            if (closed || nodes.size() >= MOST_NODES) {
                throw new Unreachable(Reason.REFUSED, closed ? "closed" : "too many nodes", null);
            }
            return node(address);
        }
    }

    @Override
    public void close() {
        List<Trips> all;
        synchronized (lock) {
            closed = true;
            all = List.copyOf(nodes.values());
            nodes.clear();
        }
        // First what a look may be waiting for.
        Informant asked = informant;
        if (asked != null) {
            asked.close();
        }
        lookout.close();
        hangUp();
        all.forEach(server -> server.close("closed"));
    }
}
