package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Application servers that read and write one session at once, their calls to the nodes in every order that chance finds,
 * while one node dies, or is cut off and comes back with what it had, or one application server dies. What was acknowledged is
 * there afterwards, and was there for whoever asked after the acknowledgement.
 */
class InterleavingTest {

    private static final int RUNS = Math.max(1500, 10 * Integer.getInteger("holdfast.test.runs", 0));
    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofMinutes(10), Duration.ofMinutes(30));
    private static final SessionKey KEY = new SessionKey("shop", "id");

    @Test
    void whatWasAcknowledgedIsThere() {
        long first = Long.getLong("holdfast.kit.seed", new Random().nextInt(1_000_000_000));
        int runs = Long.getLong("holdfast.kit.seed") == null ? RUNS : 1;
        for (int i = 0; i < runs; i++) {
            long seed = first + i;
            Run run = new Run(seed);
            try {
                run.go();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + " (-Dholdfast.kit.seed)\n" + run.trace, e);
            }
        }
    }

    private static final class Run {

        private final Random random;
        private final ManualTime time = new ManualTime();
        private final List<FakeNode> nodes = new ArrayList<>();
        private final Lockstep lockstep;
        private final List<String> acknowledged = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private final List<String> makers = new ArrayList<>();
        private final boolean isMoving;
        private int stores;
        private int removals;
        private boolean losesAnswers;
        private final StringBuilder trace = new StringBuilder();

        Run(long seed) {
            random = new Random(seed);
            lockstep = new Lockstep(random);
            int count = 2 + random.nextInt(2);
            for (int i = 0; i < count; i++) {
                nodes.add(new FakeNode("n" + i, time));
            }
            isMoving = count > 2 && random.nextInt(3) == 0;
        }

        private MemcachedStore store(Runnable before) {
            List<Node> clients = nodes.stream()
                    .map(node -> node.client(
                            before,
                            () -> losesAnswers && random.nextInt(12) == 0,
                            what -> trace.append(Thread.currentThread().getId() % 100)
                                    .append(' ')
                                    .append(what)
                                    .append('\n')))
                    .toList();
            Homes homes = new Homes(clients, Map.of(), 2);
            if (isMoving) {
                // One list of nodes replaces another, and half of the application servers have heard of that.
                List<Node> old = clients.subList(0, 2);
                homes = stores++ % 2 == 0
                        ? new Homes(old, Map.of(), 2)
                        : new Homes(clients.subList(1, 3), Map.of(), 2).movedFrom(old, Map.of());
            }
            Together inAnyOrder = new Together() {
                @Override
                <T, R> List<Outcome<R>> each(List<T> things, Function<T, Node.Answer<R>> begin) {
                    List<Integer> order = new ArrayList<>();
                    for (int i = 0; i < things.size(); i++) {
                        order.add(i);
                    }
                    Collections.shuffle(order, random);
                    List<Outcome<R>> results = new ArrayList<>(Collections.nCopies(things.size(), null));
                    order.forEach(i -> results.set(
                            i, super.each(List.of(things.get(i)), begin).get(0)));
                    return results;
                }
            };
            return new MemcachedStore(
                    homes,
                    inAnyOrder,
                    new StoreContext("shop", POLICY, time),
                    Duration.ZERO,
                    MemcachedSettings.Read.BOTH,
                    null);
        }

        private SessionDelta delta(String name) {
            return new SessionDelta(
                    1 + random.nextInt(2_000_000), Map.of(name, name.getBytes()), Set.of(), Duration.ZERO, null);
        }

        /** What a save is made from: loaded for it, or whatever was seen last, or nothing seen. */
        private SessionSnapshot before(MemcachedStore store, SessionSnapshot mine) {
            int how = random.nextInt(5);
            if (how == 0) {
                return mine.withToken(null);
            }
            if (how > 2) {
                return mine;
            }
            Loaded now = store.load(KEY, how == 1 ? mine.version() : 0, Access.NOW);
            if (now instanceof Loaded.Unchanged unchanged) {
                return mine.withToken(unchanged.token());
            }
            return now instanceof Loaded.Found found ? found.snapshot() : mine;
        }

        /** Whose outcome is not known is repeated, now and then. */
        private Saved save(MemcachedStore store, SessionSnapshot base, SessionDelta delta) {
            try {
                return store.save(base, delta);
            } catch (StoreException e) {
                if (random.nextBoolean()) {
                    throw e;
                }
                trace.append("repeat\n");
                return store.save(base, delta);
            }
        }

        void go() {
            MemcachedStore begin = store(() -> {});
            SessionSnapshot base = SessionSnapshot.initial(KEY, Instant.EPOCH, Duration.ofHours(1));
            begin.save(base, delta("begin"));
            SessionSnapshot loaded = ((Loaded.Found) begin.load(KEY, 0, Access.NONE)).snapshot();

            List<Lockstep.Actor> writers = new ArrayList<>();
            int count = 2 + random.nextInt(2);
            for (int i = 0; i < count; i++) {
                String name = "w" + i;
                writers.add(actor(store -> {
                    SessionSnapshot mine = loaded;
                    for (int k = 0; k < 2; k++) {
                        time.advance(Duration.ofMillis(1));
                        String attribute = name + "." + k;
                        try {
                            mine = before(store, mine);
                            SessionDelta delta = delta(attribute);
                            if (save(store, mine, delta) instanceof Saved.Done done) {
                                acknowledged.add(attribute);
                                mine = mine.apply(delta, done.version(), time.wallMillis())
                                        .withToken(done.token());
                            }
                        } catch (StoreException e) {
                            told.add(attribute + ": " + e.getMessage());
                        }
                    }
                }));
            }
            if (random.nextInt(4) == 0) {
                for (int i = 0; i < 2; i++) {
                    actor(store -> {
                        try {
                            if (store.remove(KEY, Removal.invalidation()) instanceof Removed.Done) {
                                removals++;
                            }
                        } catch (StoreException e) {
                            told.add("removal: " + e.getMessage());
                        }
                    });
                }
            }
            actor(store -> {
                for (int k = 0; k < 3; k++) {
                    List<String> before = List.copyOf(acknowledged);
                    int removedBefore = removals;
                    try {
                        check(store.load(KEY, 0, Access.NOW), before, removedBefore > 0, "a reader");
                    } catch (StoreException e) {
                        told.add("load: " + e.getMessage());
                    }
                }
            });

            if (random.nextInt(3) == 0) {
                creators();
            }
            FakeNode victim = nodes.get(random.nextInt(nodes.size()));
            int fault = random.nextInt(4);
            int when = random.nextInt(30);
            int until = when + 1 + random.nextInt(20);
            losesAnswers = random.nextInt(3) == 0;
            if (random.nextInt(3) == 0) {
                nodes.forEach(FakeNode::keepTokens);
            }
            lockstep.run(step -> {
                time.advance(Duration.ofMillis(1));
                if (step == when) {
                    trace.append("fault " + fault + " on " + victim.name() + "\n");
                    switch (fault) {
                        case 0 -> victim.kill();
                        case 1 -> victim.cutOff();
                        case 2 -> writers.get(0).kill();
                        default -> {}
                    }
                }
                if (step == until) {
                    trace.append("start " + victim.name() + "\n");
                    victim.start();
                }
            });
            victim.start();
            losesAnswers = false;
            check(store(() -> {}).load(KEY, 0, Access.NOW), acknowledged, removals > 0, "the end");
            // Two who decide at different primaries at the same moment may both be told that they did it.
            if (fault > 1 && !isMoving) {
                assertThat(removals).isLessThanOrEqualTo(1);
                assertThat(makers.size()).isLessThanOrEqualTo(1);
            }
            if (!makers.isEmpty()) {
                Loaded made = store(() -> {}).load(new SessionKey("shop", "made"), 0, Access.NOW);
                assertThat(((Loaded.Found) made).snapshot().attributes().keySet())
                        .containsAll(makers);
            }
            for (int i = 0; i < 3; i++) {
                // One failure is over when the session has been read: after that, another one loses nothing.
                FakeNode next = nodes.get(random.nextInt(nodes.size()));
                boolean isEmptied = random.nextBoolean();
                trace.append(isEmptied ? "kill " : "cut off ")
                        .append(next.name())
                        .append('\n');
                if (isEmptied) {
                    next.kill();
                } else {
                    next.cutOff();
                }
                if (random.nextBoolean()) {
                    check(store(() -> {}).load(KEY, 0, Access.NOW), acknowledged, removals > 0, "while it is away");
                }
                next.start();
                check(store(() -> {}).load(KEY, 0, Access.NOW), acknowledged, removals > 0, "after that");
            }
        }

        /** Others, who make a session of their own at once: one of them does, and what it made is not mixed with others'. */
        private void creators() {
            SessionKey made = new SessionKey("shop", "made");
            for (int i = 0; i < 3; i++) {
                String name = "c" + i;
                actor(store -> {
                    try {
                        if (store.save(SessionSnapshot.initial(made, Instant.EPOCH, Duration.ofHours(1)), delta(name))
                                instanceof Saved.Done) {
                            makers.add(name);
                        }
                    } catch (StoreException e) {
                        told.add("creation: " + e.getMessage());
                    }
                });
            }
        }

        private void check(Loaded loaded, List<String> expected, boolean removed, String who) {
            if (removed) {
                assertThat(loaded).as(who).isEqualTo(new Loaded.Removed());
            } else if (loaded instanceof Loaded.Found found) {
                assertThat(found.snapshot().attributes().keySet())
                        .as(() -> who + "; failed: " + told)
                        .containsAll(expected)
                        .contains("begin");
            } else {
                // A removal that was not told to anybody yet, or whose caller died, may have been done.
                assertThat(loaded).as(who).isEqualTo(new Loaded.Removed());
            }
        }

        private Lockstep.Actor actor(java.util.function.Consumer<MemcachedStore> what) {
            Lockstep.Actor[] self = new Lockstep.Actor[1];
            self[0] = lockstep.add(() -> what.accept(store(() -> self[0].pause())));
            return self[0];
        }
    }
}
