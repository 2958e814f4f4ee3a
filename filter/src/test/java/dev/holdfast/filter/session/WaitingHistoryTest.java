package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Two nodes on one store, each with users of its own, outages of either node's way to the store, replies that are lost, and changes
 * that wait. Each user keeps to a node, but for one writer on the other node, who writes other attributes or the same ones. What is
 * checked: a user's own node shows what it acknowledged, always; after all has been brought there, the store has every acknowledged
 * change of an attribute that only one node writes; of one that both write, a value that one of them acknowledged last or that was
 * under way; and who has logged out stays out.
 */
class WaitingHistoryTest {

    private static final int HISTORIES = 400;
    private static final int STEPS = 80;

    private static final class User {
        final Node home;
        String id;
        boolean loggedOut;

        /** Acknowledged by the home node; null: removed. Only names that nobody else writes. */
        final Map<String, @Nullable Integer> own = new HashMap<>();

        /** Own names whose last change was not acknowledged, and what it may have left. */
        final Map<String, Set<@Nullable Integer>> doubtful = new HashMap<>();

        /** Every value that was ever sent for the shared name. */
        final Set<Integer> shared = new HashSet<>();

        User(Node home, String id) {
            this.home = home;
            this.id = id;
        }
    }

    private static final class History implements AutoCloseable {
        final Random random;
        final ManualTime time = new ManualTime();
        final LocalStore store = Node.store(time);
        final List<Node> nodes = new ArrayList<>();
        final List<User> users = new ArrayList<>();
        final boolean isLocal;
        int values;
        int kept;

        History(long seed) {
            random = new Random(seed);
            boolean async = random.nextBoolean();
            isLocal = !async || random.nextBoolean();
            for (int i = 0; i < 2; i++) {
                WriteRules rules = new WriteRules(async, isLocal, false, random.nextInt(8) == 0 ? 2 : 100, 1 << 20);
                SessionRules all = shortPatience().with(rules);
                nodes.add(new Node(i == 0 ? store : store.member(Node.context(time)), time, all));
            }
        }

        static SessionRules shortPatience() {
            return new SessionRules(
                    "app",
                    new dev.holdfast.spi.ExpiryPolicy(
                            Duration.ofSeconds(60),
                            Duration.ofMillis(2), // how long a request waits for room; nobody makes any in this test
                            Duration.ofMinutes(10),
                            Duration.ofMinutes(30)),
                    Duration.ZERO,
                    1000,
                    Duration.ofSeconds(60),
                    true,
                    true,
                    false,
                    1 << 24);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                time.advance(Duration.ofMillis(random.nextInt(3) == 0 ? 3000 : 1));
                switch (random.nextInt(12)) {
                    case 0 -> fault(any(nodes));
                    case 1, 2 -> any(nodes).faults.heal();
                    case 3 -> drain(any(nodes));
                    case 4 -> begin(any(nodes));
                    default -> {
                        if (!users.isEmpty()) {
                            use(any(users));
                        }
                    }
                }
            }
            for (int round = 0; round < 3; round++) {
                for (Node node : nodes) {
                    node.faults.heal();
                    node.sessions.background().expire();
                    drain(node);
                }
            }
            for (Node node : nodes) {
                assertThat(node.sessions.waitingSessions()).isZero();
                assertThat(node.sessions.waitingBytes()).isZero();
                kept += node.sessions.writeCounts().kept.intValue();
            }
            for (User user : users) {
                for (Node node : nodes) {
                    check(user, node);
                }
            }
        }

        private <T> T any(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private void fault(Node node) {
            switch (random.nextInt(4)) {
                case 0, 1 -> node.faults.down();
                case 2 -> node.faults.plan(Fault.replyLost(Operation.SAVE).times(1 + random.nextInt(2)));
                default -> node.faults.plan(Fault.failsBefore(Operation.SAVE), Fault.failsBefore(Operation.LOAD));
            }
        }

        private static void drain(Node node) {
            boolean ignored = node.sessions.backlog().drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
        }

        private void begin(Node node) {
            try {
                int value = ++values;
                String id = node.create(live -> {
                    live.setAttribute("a", value);
                    return true;
                });
                User user = new User(node, id);
                user.own.put("a", value);
                users.add(user);
            } catch (StoreException refused) {
                // nobody has its id
            }
        }

        private void use(User user) {
            switch (random.nextInt(10)) {
                case 0 -> logOut(user);
                case 1 -> changeId(user);
                case 2, 3 -> elsewhere(user);
                case 4 -> checkHere(user);
                default -> change(user);
            }
        }

        private void change(User user) {
            String name = "abc".substring(random.nextInt(3)).substring(0, 1);
            boolean isShared = random.nextInt(5) == 0;
            Integer value = !isShared && random.nextInt(4) == 0 ? null : ++values;
            try {
                Boolean found = user.home.request(user.id, live -> {
                    checkOwn(user, live);
                    if (isShared) {
                        user.shared.add(value);
                        live.setAttribute("shared", value);
                        return true;
                    }
                    // what happens from here on may or may not be stored if it is not acknowledged
                    user.doubtful
                            .computeIfAbsent(name, same -> new HashSet<>(List.of()))
                            .add(user.own.get(name));
                    user.doubtful.get(name).add(value);
                    live.setAttribute(name, value);
                    return true;
                });
                assertThat(found == null).isEqualTo(user.loggedOut);
                if (found != null && !isShared) {
                    user.own.put(name, value);
                    user.doubtful.remove(name);
                }
            } catch (StoreException refused) {
                // 503
            }
        }

        /** Somebody writes to the session on the other node. */
        private void elsewhere(User user) {
            Node other = nodes.get(0) == user.home ? nodes.get(1) : nodes.get(0);
            int value = ++values;
            user.shared.add(value);
            try {
                Boolean ignored = other.request(user.id, live -> {
                    live.setAttribute("shared", value);
                    return true;
                });
            } catch (StoreException refused) {
                // 503
            }
        }

        private void logOut(User user) {
            if (user.loggedOut || random.nextInt(3) > 0) {
                return;
            }
            try {
                Boolean found = user.home.request(user.id, live -> {
                    live.invalidate();
                    return true;
                });
                user.loggedOut = found != null || user.loggedOut;
            } catch (StoreException refused) {
                // whether it is done nobody knows, so this user is not looked at any more
                users.remove(user);
            }
        }

        private void changeId(User user) {
            try {
                String id = user.home.request(user.id, live -> user.home.sessions.changeId(live, user.id));
                user.id = id == null ? user.id : id;
            } catch (StoreException refused) {
                users.remove(user); // as above
            }
        }

        private void checkHere(User user) {
            try {
                Boolean found = user.home.request(user.id, live -> {
                    checkOwn(user, live);
                    return true;
                });
                assertThat(found == null).as("logged out").isEqualTo(user.loggedOut);
            } catch (StoreException refused) {
                // 503
            }
        }

        private void check(User user, Node node) {
            Boolean found = node.request(user.id, live -> {
                checkOwn(user, live);
                Integer shared = (Integer) live.attribute("shared");
                assertThat(shared == null || user.shared.contains(shared)).isTrue();
                return true;
            });
            assertThat(found == null).as("ended").isEqualTo(user.loggedOut);
        }

        private static void checkOwn(User user, LiveSession live) {
            for (String name : List.of("a", "b", "c")) {
                Integer seen = (Integer) live.attribute(name);
                Set<@Nullable Integer> doubtful = user.doubtful.get(name);
                if (doubtful != null) {
                    assertThat(doubtful).as(name).contains(seen);
                } else {
                    assertThat(seen).as(name).isEqualTo(user.own.get(name));
                }
            }
        }

        @Override
        public void close() {
            nodes.forEach(Node::close);
        }
    }

    @Test
    void whatWasAcknowledgedIsSeenHereAndStoredInTheEnd() {
        long first = new Random().nextLong();
        int kept = 0;
        for (long seed = first; seed < first + HISTORIES; seed++) {
            try (History history = new History(seed)) {
                history.run();
                kept += history.kept;
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        // else nothing has waited, and this has shown nothing
        assertThat(kept).as("commits that waited, seed %s", first).isGreaterThan(HISTORIES);
    }
}
