package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random operations on the store and on the {@code local} store, whose outcomes must be the same. Part of {@link
 * SessionStoreContract}. The seed is in the test's name; {@code -Dholdfast.kit.seed=N} runs that one alone.
 */
public abstract class ModelContract extends BackendContract<StoreFixture> {

    private static final int SEEDS = 20;
    private static final int STEPS = 150;

    @TestFactory
    List<DynamicTest> randomOperationsHaveTheOutcomesOfTheModel() {
        List<DynamicTest> tests = new ArrayList<>();
        Long only = Long.getLong("holdfast.kit.seed");
        if (only != null) {
            tests.add(DynamicTest.dynamicTest("seed " + only, () -> new Run(only).go()));
            return tests;
        }
        for (long i = 0; i < SEEDS; i++) {
            // A few seeds that are always the same, and some that are new every time.
            long seed = i < SEEDS / 2 ? i : new Random().nextInt(1_000_000_000);
            tests.add(DynamicTest.dynamicTest("seed " + seed, () -> new Run(seed).go()));
        }
        return tests;
    }

    /** One sequence, on both. */
    private final class Run {

        private final Random random;
        private final List<SessionKey> keys = new ArrayList<>();
        private final List<String> done = new ArrayList<>();
        private final Side store = new Side(List.of(one, two));
        private final Side model;
        private @Nullable Removal lastRemoval;
        private @Nullable SessionKey lastRemoved;

        Run(long seed) {
            random = new Random(seed);
            for (int i = 0; i < 4; i++) {
                keys.add(newKey());
            }
            LocalStore local = new LocalStore(new StoreContext(application(), LONG, new ManualTime()));
            model = new Side(List.of(local, local.member(new StoreContext(application(), LONG, new ManualTime()))));
        }

        void go() {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            for (SessionKey key : keys) {
                compare("final look at " + keys.indexOf(key), side -> side.load(0, key, false));
            }
        }

        private void step() {
            SessionKey key = keys.get(random.nextInt(keys.size()));
            int member = random.nextInt(2);
            String where = " of " + keys.indexOf(key) + " by member " + member;
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> {
                    boolean known = random.nextBoolean();
                    compare((known ? "conditional load" : "load") + where, side -> side.load(member, key, known));
                }
                case 3 -> {
                    SessionDelta delta = delta();
                    compare("create " + delta + where, side -> side.create(member, key, delta));
                }
                case 4, 5, 6, 7 -> {
                    SessionDelta delta = delta();
                    compare("save " + delta + where, side -> side.save(member, key, delta));
                }
                case 8 -> compare("repeat of the last save" + where, side -> side.repeat(member));
                case 9 -> {
                    List<Touch> touches = new ArrayList<>();
                    keys.forEach(each -> touches.add(new Touch(each, Duration.ofMillis(random.nextInt(100)))));
                    compare("touch" + where, side -> side.stores.get(member).touch(touches));
                }
                case 10 -> {
                    boolean end = random.nextInt(4) == 0;
                    Removal how = new Removal(Removal.newOp(), Version.NONE, end ? null : keys.get(0));
                    compare("remove" + where, side -> side.remove(member, key, how, !end));
                    if (random.nextInt(3) == 0) {
                        // A fresh key now and then, or all would be tombstones soon.
                        keys.set(keys.indexOf(key), newKey());
                    }
                    lastRemoval = how;
                    lastRemoved = key;
                }
                default -> {
                    Removal how = lastRemoval;
                    SessionKey removed = lastRemoved;
                    if (how != null && removed != null) {
                        compare("repeat of the last removal" + where, side -> side.remove(member, removed, how, false));
                    }
                }
            }
        }

        private SessionDelta delta() {
            Map<String, byte[]> changed = new HashMap<>();
            Set<String> removed = new HashSet<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                String name = "n" + random.nextInt(5);
                if (random.nextInt(3) == 0) {
                    changed.remove(name);
                    removed.add(name);
                } else {
                    removed.remove(name);
                    changed.put(name, bytes("v" + random.nextInt(1000)));
                }
            }
            Duration maxInactive = random.nextInt(4) == 0
                    ? List.of(HOUR, Duration.ZERO, Duration.ofDays(40)).get(random.nextInt(3))
                    : null;
            return BackendContract.delta(changed, removed, maxInactive);
        }

        private void compare(String what, java.util.function.Function<Side, Object> operation) {
            done.add(what);
            Object expected = operation.apply(model);
            Object actual = operation.apply(store);
            assertThat(actual)
                    .as(() -> "after " + done.size() + " steps:\n" + String.join("\n", done))
                    .isEqualTo(expected);
        }
    }

    /** The store or the model, with what its members' nodes know; answers in a form without stamps and times. */
    private static final class Side {

        private final List<SessionStore> stores;
        /** Per member, what its near cache would hold. */
        private final List<Map<SessionKey, SessionSnapshot>> known = List.of(new HashMap<>(), new HashMap<>());

        private @Nullable SessionSnapshot lastBase;
        private @Nullable SessionDelta lastDelta;

        Side(List<SessionStore> stores) {
            this.stores = stores;
        }

        Object load(int member, SessionKey key, boolean conditional) {
            SessionSnapshot mine = known.get(member).get(key);
            Loaded loaded = stores.get(member)
                    .load(key, conditional && mine != null ? mine.version() : Version.NONE, Access.NOW);
            if (loaded instanceof Loaded.Changed changed && conditional && mine != null) {
                loaded = changed.onto(mine);
            }
            if (loaded instanceof Loaded.Found found) {
                known.get(member).put(key, found.snapshot());
                return describe(found.snapshot());
            }
            return loaded.getClass().getSimpleName();
        }

        Object create(int member, SessionKey key, SessionDelta delta) {
            return send(member, SessionSnapshot.initial(key, java.time.Instant.EPOCH, HOUR), delta);
        }

        Object save(int member, SessionKey key, SessionDelta delta) {
            SessionSnapshot base = known.get(member).get(key);
            return base == null ? "nothing to save" : send(member, base, delta);
        }

        Object repeat(int member) {
            return lastBase == null || lastDelta == null ? "nothing to repeat" : send(member, lastBase, lastDelta);
        }

        private Object send(int member, SessionSnapshot base, SessionDelta delta) {
            lastBase = base;
            lastDelta = delta;
            Saved saved = stores.get(member).save(base, delta);
            if (saved instanceof Saved.Done done) {
                SessionSnapshot mine = known.get(member).get(base.key());
                if (!done.merged() && (mine == null || mine.version() == base.version())) {
                    known.get(member)
                            .put(
                                    base.key(),
                                    base.apply(delta, done.version(), 0).withToken(done.token()));
                }
                return "done, " + (done.merged() ? "merged" : "alone");
            }
            return saved;
        }

        Object remove(int member, SessionKey key, Removal how, boolean conditional) {
            SessionSnapshot mine = known.get(member).get(key);
            long expected = conditional && mine != null ? mine.version() : Version.NONE;
            Removed removed = stores.get(member).remove(key, new Removal(how.op(), expected, how.successor()));
            if (removed instanceof Removed.Done done) {
                SessionSnapshot snapshot = done.snapshot();
                return snapshot == null ? "removed" : "removed " + describe(snapshot);
            }
            return removed instanceof Removed.Changed changed ? "changed: " + describe(changed.snapshot()) : removed;
        }

        private static String describe(SessionSnapshot snapshot) {
            return texts(snapshot) + " living " + snapshot.maxInactive();
        }
    }
}
