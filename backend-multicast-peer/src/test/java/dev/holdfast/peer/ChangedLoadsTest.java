package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads of members that know an earlier version and are sent only what was set since. */
class ChangedLoadsTest {

    private static final Member A = new Member(1, 1);
    private static final Member B = new Member(2, 2);
    private static final Member C = new Member(3, 3);
    private static final Member D = new Member(4, 4);
    private static final List<Member> ALL = List.of(A, B, C, D);
    private static final int STEPS = 600;

    private final HeldMessages members = new HeldMessages();
    private int stamps = 1_000;

    private SessionDelta delta(Map<String, String> changed, Set<String> removed) {
        Map<String, byte[]> bytes = new HashMap<>();
        changed.forEach((name, value) -> bytes.put(name, value.getBytes(StandardCharsets.UTF_8)));
        return new SessionDelta(++stamps, bytes, removed, Duration.ZERO, null);
    }

    private SessionSnapshot save(Member at, SessionSnapshot base, Map<String, String> changed, Set<String> removed) {
        SessionDelta delta = delta(changed, removed);
        Saved.Done done = HeldMessages.saved(members.ask(at, new Message.Save(base, delta, false)));
        return done.merged() ? null : base.apply(delta, done.version(), members.time.wallMillis());
    }

    private Loaded load(Member at, SessionSnapshot known, SessionKey key) {
        long version = known == null ? Version.NONE : known.version();
        return ((Message.LoadedIs) members.ask(at, new Message.Load(key, version, Access.NONE))
                        .get(0))
                .loaded();
    }

    private static SessionSnapshot whole(Loaded loaded, SessionSnapshot known) {
        if (loaded instanceof Loaded.Unchanged) {
            return known;
        }
        return loaded instanceof Loaded.Changed changed
                ? changed.onto(known).snapshot()
                : ((Loaded.Found) loaded).snapshot();
    }

    private static Map<String, String> content(SessionSnapshot snapshot) {
        Map<String, String> content = new HashMap<>();
        snapshot.attributes()
                .forEach((name, value) -> content.put(name, new String(value.bytes(), StandardCharsets.UTF_8)));
        return content;
    }

    private static SessionKey key() {
        return HeldMessages.key(1, 2, List.of(A, B), A, B, C, D);
    }

    /** Of a session with the attributes a, b and c, which C knows. */
    private SessionSnapshot knownToC() {
        members.install(1, 2, A, B, C, D);
        SessionSnapshot session = members.create(A, key());
        session = save(A, session, Map.of("b", "first", "c", "first"), Set.of());
        return whole(load(C, null, key()), null);
    }

    @Test
    void whatWasSetSinceIsAllThatIsSent() {
        SessionSnapshot known = knownToC();
        SessionSnapshot later = save(D, known, Map.of("b", "later"), Set.of());
        save(B, later, Map.of("b", "last", "d", "new"), Set.of());
        Loaded.Changed changed = (Loaded.Changed) load(C, known, key());
        assertThat(changed.attributes()).containsOnlyKeys("b", "d");
        assertThat(content(changed.onto(known).snapshot()))
                .containsOnly(
                        Map.entry("a", "first"),
                        Map.entry("b", "last"),
                        Map.entry("c", "first"),
                        Map.entry("d", "new"));
    }

    @Test
    void afterARemovalAllIsSent() {
        SessionSnapshot known = knownToC();
        save(D, known, Map.of("b", "later"), Set.of("a"));
        assertThat(load(C, known, key())).isInstanceOf(Loaded.Found.class);
    }

    @Test
    void whoKnowsAVersionOfLongAgoIsSentAll() {
        SessionSnapshot known = knownToC();
        SessionSnapshot last = known;
        for (int i = 0; i < 7; i++) {
            last = save(A, last, Map.of("b", "" + i), Set.of());
        }
        assertThat(load(C, known, key())).isInstanceOf(Loaded.Changed.class);
        save(A, last, Map.of("b", "one more"), Set.of());
        assertThat(load(C, known, key())).isInstanceOf(Loaded.Found.class);
    }

    @Test
    void anOwnerWhoWasNoneBeforeSendsAll() {
        SessionSnapshot known = knownToC();
        SessionSnapshot later = save(A, known, Map.of("b", "later"), Set.of());
        members.installAt(List.of(B, C, D), 2, 2, B, C, D);
        members.pass(ReadLease.LENGTH.multipliedBy(3));
        save(D, later, Map.of("b", "last"), Set.of());
        assertThat(content(whole(load(C, known, key()), known))).containsEntry("b", "last");
    }

    /** Members come and go, everybody reads and writes by what it knows, and is compared with a plain map. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsPutTogetherIsWhatAPlainMapHas(long seed) {
        Random random = new Random(seed);
        Map<Member, SessionSnapshot> known = new HashMap<>();
        Map<String, String> model = new HashMap<>(Map.of("a", "first"));
        long token = 1;
        List<Member> view = ALL;
        members.install(token, 2, A, B, C, D);
        known.put(A, members.create(A, key()));
        int changes = 0;
        for (int step = 0; step < STEPS; step++) {
            Member at = view.get(random.nextInt(view.size()));
            if (random.nextInt(60) == 0) {
                List<Member> next = new ArrayList<>(ALL);
                if (view.size() == ALL.size()) {
                    next.remove(random.nextInt(next.size()));
                }
                view = next;
                members.installAt(view, ++token, 2, view.toArray(Member[]::new));
                members.pass(ReadLease.LENGTH.multipliedBy(3));
                continue;
            }
            Loaded loaded = load(at, known.get(at), key());
            changes += loaded instanceof Loaded.Changed ? 1 : 0;
            SessionSnapshot now = whole(loaded, known.get(at));
            assertThat(content(now)).as("step %d of seed %d", step, seed).isEqualTo(model);
            known.put(at, now);
            if (random.nextBoolean()) {
                Member writer = view.get(random.nextInt(view.size()));
                SessionSnapshot base = known.get(writer);
                if (base != null) {
                    Map<String, String> changed = new HashMap<>();
                    for (int i = random.nextInt(3); i >= 0; i--) {
                        changed.put("n" + random.nextInt(6), "" + step);
                    }
                    Set<String> removed = random.nextInt(6) == 0 ? Set.of("n" + random.nextInt(6)) : Set.of();
                    changed.keySet().removeAll(removed);
                    known.put(writer, save(writer, base, changed, removed));
                    model.putAll(changed);
                    model.keySet().removeAll(removed);
                }
            }
        }
        assertThat(changes).isGreaterThan(STEPS / 20);
    }
}
