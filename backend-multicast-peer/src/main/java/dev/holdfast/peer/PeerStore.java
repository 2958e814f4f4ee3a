package dev.holdfast.peer;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreReport;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions kept by the members of a cluster, each by its owner and a backup. Thread-safe. The calling threads wait here, and
 * only here; the rest of the package never does.
 */
public final class PeerStore implements SessionStore, ExpiryClaims, SessionLocks, StoreReport {

    private static final Logger log = LoggerFactory.getLogger(PeerStore.class);

    private static final long TICK_MILLIS = 10;

    /** How often a member that leaves says how much is left. */
    private static final long PROGRESS_NANOS = 1_000_000_000;

    private final String name;
    private final Group group;
    private final PeerNode node;
    private final ScheduledThreadPoolExecutor executor;
    private final PeerSettings settings;
    private final Duration timeout;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final PeerReport report;
    private final Leases leases = new Leases(new Leases.Asking() {
        @Override
        public boolean held(String operation, Message.Lock request) {
            return expect(Message.LockIs.class, operation, ask(operation, request))
                    .held();
        }

        @Override
        public void tell(Message.Lock request) {
            node.ask(request, deadline(), unused -> {});
        }
    });

    private PeerStore(PeerSettings settings, StoreContext context) {
        this.settings = settings;
        timeout = context.policy().timeout();
        name = settings.cluster() + "/" + context.application();
        group = new Group(settings, name, context.keys());
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Member self = new Member(random.nextLong(), random.nextLong());
        executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "holdfast-peer-" + context.application());
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        node = new PeerNode(
                self,
                context.application(),
                new SessionLifecycle(context.policy()),
                context.time(),
                // Not the context's: a test's time may stand still, a wait must end.
                TimeSource.SYSTEM,
                ReadLease.LENGTH,
                group,
                this::executeLater);
        report = new PeerReport(node, group, closing::get);
    }

    /** Joins the cluster, or starts one. */
    static PeerStore open(PeerSettings settings, StoreContext context) {
        PeerStore store = new PeerStore(settings, context);
        try {
            store.start();
            return store;
        } catch (RuntimeException e) {
            store.end();
            throw e;
        }
    }

    private void start() {
        long beginNanos = TimeSource.SYSTEM.nanos();
        CompletableFuture<Boolean> enough = new CompletableFuture<>();
        group.connect(node.self(), new Group.Listener() {
            @Override
            public void installed(Epoch epoch) {
                node.install(epoch);
                if (epoch.members().size() >= settings.expectedMembers()) {
                    enough.complete(true);
                }
            }

            @Override
            public void received(Member from, WireReader message) throws WireException {
                node.receive(from, message);
            }
        });
        @SuppressWarnings("unused")
        var ticking = executor.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        awaitExpected(enough, beginNanos + settings.joinTimeout().toNanos());
        log.info("peer store {} ready: member {} on {}, {}", name, node.self(), group.where(), settings.discovery());
        List<String> notFound = group.notFound();
        if (!notFound.isEmpty()) {
            log.info("peer store {}: no member of it found at {}; they may join later", name, notFound);
        }
        if (group.isOpenToAll()) {
            log.warn(
                    "peer store {}: without a secret, whoever reaches {} can join, and read and change sessions; set the"
                            + " filter's secret, equal on all members, or keep others out of this network",
                    name,
                    group.where());
        }
        if (group.isAloneByAccident()) {
            log.warn(
                    "peer store {}: there is no route to {}, so it listens on {} only and no other machine can reach it;"
                            + " set peer.bind",
                    name,
                    settings.discovery(),
                    group.where());
        }
    }

    private void awaitExpected(CompletableFuture<Boolean> enough, long deadlineNanos) {
        try {
            enough.get(Math.max(0, deadlineNanos - TimeSource.SYSTEM.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            List<String> notFound = group.notFound();
            throw failure(
                    StoreException.Kind.UNAVAILABLE,
                    "start",
                    "peer.expected-members is " + settings.expectedMembers() + ", and they were not found within "
                            + settings.joinTimeout().toMillis() + " ms (peer.join-timeout)"
                            + (notFound.isEmpty() ? "" : "; nobody at " + notFound)
                            + (group.lastRefused().isEmpty() ? "" : "; " + group.lastRefused()),
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(StoreException.Kind.UNAVAILABLE, "start", "interrupted while waiting for other members", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void tick() {
        try {
            group.together(node::tick);
        } catch (RuntimeException | Error e) {
            // The next tick must come all the same; after an error it would silently not.
            log.error("peer store {}: failed in the background", name, e);
        }
    }

    private void executeLater(Runnable work) {
        try {
            executor.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException | Error e) {
                    log.error("peer store {}: failed in the background", name, e);
                }
            });
        } catch (RejectedExecutionException closing) {
            log.debug("peer store {}: closed, background work dropped", name);
        }
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        return expect(Message.LoadedIs.class, "load", ask("load", new Message.Load(key, knownVersion, access)))
                .loaded();
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        long size = 0;
        for (Map.Entry<String, byte[]> changed : delta.changed().entrySet()) {
            size += changed.getKey().length() + changed.getValue().length;
        }
        if (size > Owner.LARGEST_SESSION) {
            throw new StoreException(
                    StoreException.Kind.TOO_LARGE,
                    "peer store " + name + ": save of " + size + " bytes, the most is " + Owner.LARGEST_SESSION);
        }
        return expect(Message.SavedIs.class, "save", ask("save", new Message.Save(base, delta, false)))
                .saved();
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        return expect(Message.RemovedIs.class, "remove", ask("remove", new Message.Remove(key, how)))
                .removed();
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        long deadline = deadline();
        Map<SessionKey, CompletableFuture<Message.Response>> answers = new LinkedHashMap<>();
        requireOpen("touch");
        group.together(() -> {
            for (Touch touch : touches) {
                answers.put(touch.key(), start(new Message.Touched(touch.key(), touch.age()), deadline));
            }
        });
        Set<SessionKey> notAlive = new HashSet<>();
        answers.forEach((key, answer) -> {
            if (!expect(Message.AliveIs.class, "touch", await("touch", answer, deadline))
                    .alive()) {
                notAlive.add(key);
            }
        });
        return notAlive;
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        long deadline = deadline();
        requireOpen("claim");
        List<Claim> claims = new ArrayList<>();
        for (SessionKey suspect : new HashSet<>(suspects)) {
            if (claims.size() < limit) {
                Message.ClaimOne claim = new Message.ClaimOne(suspect, true, lease);
                claims.addAll(expect(Message.ClaimsAre.class, "claim", await("claim", start(claim, deadline), deadline))
                        .claims());
            }
        }
        for (Member member : members()) {
            if (claims.size() < limit) {
                Message.ClaimDue due = new Message.ClaimDue(limit - claims.size(), lease);
                CompletableFuture<Message.Response> answer = new CompletableFuture<>();
                node.askMember(member, due, deadline, complete(answer));
                Message.Response response = await("claim", answer, deadline);
                // While members change, what is due stays due until the next sweep.
                if (!(response instanceof Message.WrongEpoch)) {
                    claims.addAll(
                            expect(Message.ClaimsAre.class, "claim", response).claims());
                }
            }
        }
        return claims;
    }

    /** All at once, so that messages share packets. */
    @Override
    public void confirm(Collection<Claim> claims) {
        long deadline = deadline();
        requireOpen("confirm");
        List<CompletableFuture<Message.Response>> answers = new ArrayList<>();
        group.together(() -> {
            for (Claim claim : claims) {
                Removal confirmation = Removal.confirming(claim);
                answers.add(start(new Message.Remove(claim.snapshot().key(), confirmation), deadline));
            }
        });
        for (CompletableFuture<Message.Response> answer : answers) {
            expect(Message.RemovedIs.class, "confirm", await("confirm", answer, deadline));
        }
    }

    @Override
    public Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) {
        return leases.tryLock(key, lease, maxWait);
    }

    /** This member first. */
    private List<Member> members() {
        Epoch epoch = node.epoch();
        if (epoch == null) {
            return List.of();
        }
        List<Member> members = new ArrayList<>(epoch.members());
        members.remove(node.self());
        members.add(0, node.self());
        return members;
    }

    @Override
    public void ping() {
        requireOpen("ping");
        long deadline = deadline();
        for (Member member : members()) {
            CompletableFuture<Message.Response> answer = new CompletableFuture<>();
            node.askMember(member, new Message.Probe(), deadline, complete(answer));
            Message.Response response = await("ping", answer, deadline);
            if (response instanceof Message.WrongEpoch) {
                throw failure(StoreException.Kind.UNAVAILABLE, "ping", "members are changing", null);
            }
            expect(Message.Done.class, "ping", response);
        }
    }

    @Override
    public @Nullable String notReady() {
        return report.notReady();
    }

    @Override
    public Map<String, Long> figures() {
        return report.figures();
    }

    /** Hands over, for at most {@code peer.leave-timeout}, and leaves. Requests of this member fail from now on. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        if (members().size() > 1) {
            handOver();
        }
        end();
        log.info("peer store {}: member {} left", name, node.self());
    }

    private void handOver() {
        CompletableFuture<Boolean> handedOver = new CompletableFuture<>();
        node.handOver(() -> handedOver.complete(true));
        long deadline = TimeSource.SYSTEM.nanos() + settings.leaveTimeout().toNanos();
        try {
            while (!isDone(handedOver, Math.min(PROGRESS_NANOS, deadline - TimeSource.SYSTEM.nanos()))) {
                if (deadline - TimeSource.SYSTEM.nanos() <= 0) {
                    log.warn(
                            "peer store {}: leaves before all of its {} sessions were handed over in {} ms"
                                    + " (peer.leave-timeout), {} are left; stop no other member until the rest has been"
                                    + " copied",
                            name,
                            node.holdings().size(),
                            settings.leaveTimeout().toMillis(),
                            node.remaining());
                    return;
                }
                log.info(
                        "peer store {}: hands over its {} sessions, {} are left",
                        name,
                        node.holdings().size(),
                        node.remaining());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isDone(CompletableFuture<Boolean> done, long nanos)
            throws InterruptedException, ExecutionException {
        try {
            return done.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Also how a test makes a member die: nothing is handed over. */
    private void end() {
        closing.set(true);
        group.close();
        executor.shutdownNow();
        node.close();
    }

    /** For tests: the connections break off without a word, as if the process had been killed. */
    void kill() {
        closing.set(true);
        group.cut();
        end();
    }

    private Message.Response ask(String operation, Message.OwnerRequest request) {
        requireOpen(operation);
        long deadline = deadline();
        return await(operation, start(request, deadline), deadline);
    }

    private long deadline() {
        return TimeSource.SYSTEM.nanos() + timeout.toNanos();
    }

    private CompletableFuture<Message.Response> start(Message.OwnerRequest request, long deadline) {
        CompletableFuture<Message.Response> answer = new CompletableFuture<>();
        node.ask(request, deadline, complete(answer));
        return answer;
    }

    private static Consumer<Message.Response> complete(CompletableFuture<Message.Response> answer) {
        return answer::complete;
    }

    private Message.Response await(String operation, CompletableFuture<Message.Response> answer, long deadline) {
        try {
            return answer.get(Math.max(0, deadline - TimeSource.SYSTEM.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw failure(
                    StoreException.Kind.TIMEOUT, operation, "no answer within " + timeout.toMillis() + " ms", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(StoreException.Kind.UNAVAILABLE, operation, "interrupted while waiting for the answer", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T extends Message.Response> T expect(Class<T> type, String operation, Message.Response response) {
        if (type.isInstance(response)) {
            return type.cast(response);
        }
        if (response instanceof Message.Failed failed) {
            throw failure(failed.kind(), operation, failed.reason(), null);
        }
        throw failure(StoreException.Kind.UNAVAILABLE, operation, "a senseless answer", null);
    }

    private StoreException failure(
            StoreException.Kind kind, String operation, String reason, @Nullable Throwable cause) {
        Epoch epoch = node.epoch();
        return new StoreException(
                kind,
                "peer store " + name + " (" + group.where() + ", "
                        + (epoch == null ? 0 : epoch.members().size()) + " members): " + operation + " failed: "
                        + reason,
                cause);
    }

    private void requireOpen(String operation) {
        if (closing.get()) {
            throw failure(StoreException.Kind.UNAVAILABLE, operation, "the store is closed", null);
        }
    }

    Group group() {
        return group;
    }

    PeerNode node() {
        return node;
    }
}
