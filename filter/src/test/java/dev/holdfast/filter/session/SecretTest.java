package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.filter.secret.Secrets;
import dev.holdfast.spi.BehindLocalStore;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.StoredForm;
import dev.holdfast.spi.kit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions over a store that must not know them. */
class SecretTest {

    private static final String OLD = "the secret of last year";
    private static final String NEW = "the secret of this year";

    private final ManualTime time = new ManualTime();
    private final LocalStore store = Node.store(time);
    private final List<Node> nodes = new ArrayList<>();

    private final Node a = node(NEW);
    private final Node b = node(NEW);

    private Node node(String secret) {
        Secrets secrets = Secrets.parse(secret);
        Node node = new Node(
                secrets.around(new ChangesStore(store.member(Node.context(time))), "app"),
                time,
                Node.rules(),
                SessionIds.with(secrets.ids("app")));
        nodes.add(node);
        return node;
    }

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
    }

    // ---------------------------------------------------------------- what a dump shows

    private String create(Node node) {
        return node.create(live -> {
            live.setAttribute("shopping-cart", new ArrayList<>(List.of("kelp salad", "sea grapes")));
            live.setAttribute("user", "ada lovelace");
            return null;
        });
    }

    /** All that the store holds, as somebody who stole it would search it. */
    private static String dump(LocalStore store) {
        StringBuilder dump = new StringBuilder();
        BehindLocalStore.records(store)
                .forEach((key, record) -> dump.append(key.application())
                        .append('/')
                        .append(key.opaque())
                        .append(' ')
                        .append(new String(StoredForm.encode(key, record), StandardCharsets.ISO_8859_1))
                        .append('\n'));
        return dump.toString();
    }

    /** Long enough that nothing encrypted looks like it by chance. */
    private static final String[] HIDDEN = {"shopping-cart", "kelp salad", "sea grapes", "ada lovelace", "java.util"};

    @Test
    void withoutASecretADumpShowsEverything() {
        LocalStore plainStore = Node.store(time);
        try (Node plain = new Node(plainStore, time)) {
            String id = create(plain);
            assertThat(dump(plainStore)).contains(HIDDEN).contains(id);
        }
    }

    @Test
    void aDumpOpensNoSessionAndShowsNoNameAndNoValue() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(create(a));
        }
        b.write(ids.get(1), "user", "grace hopper");
        b.request(ids.get(1), live -> {
            live.setAttribute("shopping-cart", null);
            return true;
        });
        LiveSession login = a.enter(ids.get(2));
        assertThat(login).isNotNull();
        ids.add(a.sessions.changeId(login, ids.get(2)));
        a.sessions.commit(login);
        a.sessions.leave(login);
        a.request(ids.get(3), live -> {
            live.invalidate();
            return true;
        });

        assertThat(BehindLocalStore.records(store)).hasSize(6);
        String dump = dump(store);
        assertThat(dump).doesNotContain(HIDDEN).doesNotContain("grace hopper");
        for (String id : ids) {
            // nor its random part, with which a proof could be found
            assertThat(dump).doesNotContain(id).doesNotContain(id.substring(0, 26));
            // and what stands there does not open a session either
            assertThat(b.knows(id)).isEqualTo(!id.equals(ids.get(2)) && !id.equals(ids.get(3)));
        }
        for (SessionKey key : BehindLocalStore.records(store).keySet()) {
            assertThat(b.knows(key.opaque())).isFalse();
        }
    }

    @Test
    void everythingWorksAsWithoutASecret() {
        String id = create(a);
        assertThat(b.read(id, "user")).isEqualTo("ada lovelace");
        b.write(id, "user", "grace");
        assertThat(a.read(id, "user")).isEqualTo("grace");
        assertThat(a.read(id, "shopping-cart")).isEqualTo(List.of("kelp salad", "sea grapes"));
        assertThat(a.<Object>request(id, live -> live.attributeNames()))
                .isEqualTo(java.util.Set.of("shopping-cart", "user"));
        a.request(id, live -> {
            live.invalidate();
            return true;
        });
        assertThat(b.knows(id)).isFalse();
    }

    @Test
    void whatIsSetToTheSameIsNotSentAgain() {
        String id = create(a);
        b.read(id, "user");
        b.counts.forget();
        b.write(id, "user", "ada lovelace");
        assertThat(b.counts.calls()).hasSize(1);
    }

    @Test
    void whatAnotherNodeDidNotChangeIsNotDecodedAgain() {
        String id = create(a);
        b.read(id, "shopping-cart");
        int decoded = b.codec.decoded.get();
        a.write(id, "user", "grace");
        b.read(id, "shopping-cart");
        assertThat(b.codec.decoded.get()).isEqualTo(decoded);
    }

    @Test
    void theNodeThatClaimsAnExpiredSessionTellsItsListenersWithItsRealId() {
        String id = create(a);
        List<String> told = new ArrayList<>();
        b.events.onDestroyed = session -> told.add(session.getId());
        time.advance(Node.MAX_INACTIVE.plus(Duration.ofMinutes(5)));
        b.sessions.background().expire();
        assertThat(told).containsExactly(id);
        assertThat(b.events.of("destroyed")).containsExactly("destroyed ada lovelace");
        b.sessions.background().expire();
        assertThat(told).hasSize(1);
    }

    // ---------------------------------------------------------------- forgeries

    @Test
    void anIdThatNobodyMadeCostsNoCallToTheStore() {
        String id = create(a);
        b.counts.forget();
        String forged = id.substring(0, 39) + (id.charAt(39) == 'A' ? 'B' : 'A');
        assertThat(b.knows(forged)).isFalse();
        assertThat(b.knows(id.substring(0, 27))).isFalse();
        assertThat(b.knows("A".repeat(40))).isFalse();
        assertThat(b.counts.calls()).isEmpty();
        assertThat(b.knows(id)).isTrue();
        assertThat(b.counts.calls()).hasSize(1);
    }

    private void forge(UnaryOperator<Map<String, StoredAttribute>> forgery) {
        Map<SessionKey, SessionRecord> records = BehindLocalStore.records(store);
        records.replaceAll((key, record) -> {
            SessionRecord.Alive alive = (SessionRecord.Alive) record;
            SessionSnapshot was = alive.snapshot();
            return new SessionRecord.Alive(
                    new SessionSnapshot(
                            key,
                            was.version() + (1L << 21),
                            was.createdAt(),
                            was.lastAccessedAt(),
                            was.maxInactive(),
                            forgery.apply(new HashMap<>(was.attributes())),
                            was.removed(),
                            null),
                    alive.previous());
        });
    }

    @Test
    void attributesThatWereSwappedInTheStoreReadAsAbsent() {
        String id = create(a);
        forge(attributes -> {
            List<String> names = new ArrayList<>(attributes.keySet());
            StoredAttribute first = attributes.get(names.get(0));
            attributes.put(names.get(0), attributes.get(names.get(1)));
            attributes.put(names.get(1), first);
            return attributes;
        });
        int decoded = b.codec.decoded.get();
        assertThat(b.read(id, "user")).isNull();
        assertThat(b.read(id, "shopping-cart")).isNull();
        assertThat(b.<Object>request(id, live -> live.attributeNames())).isEqualTo(java.util.Set.of());
        assertThat(b.codec.decoded.get() - decoded)
                .as("the codec sees them only to refuse them")
                .isEqualTo(2);
    }

    @Test
    void plainBytesThatWerePutIntoTheStoreAreNotDecoded() {
        String id = create(a);
        byte[] gadget = a.codec.encode("x", "a gadget");
        forge(attributes -> {
            attributes.replaceAll((name, was) -> new StoredAttribute(gadget, was.mark()));
            attributes.put("user", new StoredAttribute(gadget, 1));
            return attributes;
        });
        assertThat(b.read(id, "user")).isNull();
        assertThat(b.<Object>request(id, live -> live.attributeNames())).isEqualTo(java.util.Set.of());
    }

    @Test
    void bytesThatCannotBeOpenedStayInTheStoreAndGiveWayToANewValue() {
        String id = create(a);
        Map<String, StoredAttribute> damaged = new HashMap<>();
        forge(attributes -> {
            attributes.replaceAll((name, was) -> {
                byte[] bytes = was.bytes().clone();
                bytes[bytes.length - 1] ^= 1;
                return new StoredAttribute(bytes, was.mark());
            });
            damaged.putAll(attributes);
            return attributes;
        });
        assertThat(b.read(id, "user")).isNull();
        b.write(id, "user", "grace");
        assertThat(a.read(id, "user")).isEqualTo("grace");
        SessionRecord.Alive now = (SessionRecord.Alive)
                BehindLocalStore.records(store).values().iterator().next();
        assertThat(now.snapshot().attributes()).hasSize(2);
        assertThat(now.snapshot().attributes().values())
                .filteredOn(attribute -> damaged.values().stream().anyMatch(attribute::sameBytes))
                .hasSize(1);

        // and survive a store that lost the session
        BehindLocalStore.records(store).clear();
        a.write(id, "user", "ada again");
        assertThat(b.read(id, "user")).isEqualTo("ada again");
        SessionRecord.Alive rebuilt = (SessionRecord.Alive)
                BehindLocalStore.records(store).values().iterator().next();
        assertThat(rebuilt.snapshot().attributes().values())
                .filteredOn(attribute -> damaged.values().stream().anyMatch(attribute::sameBytes))
                .hasSize(1);
    }

    // ---------------------------------------------------------------- another secret

    @Test
    void aSessionOfAnotherSecretIsNotFound() {
        String id = create(a);
        Node stranger = node(OLD);
        assertThat(stranger.knows(id)).isFalse();
        assertThat(stranger.counts.calls()).isEmpty();
    }

    /** Each step of a change of the secret, in which the nodes of two steps serve at the same time. */
    @Test
    void theSecretIsChangedWhileEverySessionGoesOn() {
        Node first = node(OLD);
        Node second = node(OLD + "," + NEW);
        Node third = node(NEW + "," + OLD);

        String ofFirst = create(first);
        String ofSecond = create(second);
        for (Node node : List.of(first, second)) {
            serves(node, ofFirst);
            serves(node, ofSecond);
        }
        String ofThird = create(third);
        for (Node node : List.of(second, third, second, third)) {
            serves(node, ofFirst);
            serves(node, ofSecond);
            serves(node, ofThird);
        }
        // the last step: without the old secret what was made with it is over, the others go on
        serves(a, ofThird);
        assertThat(a.knows(ofFirst)).isFalse();
        // a change of id is a change of secret, wherever both are known
        LiveSession login = third.enter(ofFirst);
        assertThat(login).isNotNull();
        String moved = third.sessions.changeId(login, ofFirst);
        third.sessions.commit(login);
        third.sessions.leave(login);
        counts.put(moved, counts.get(ofFirst));
        serves(a, moved);
        serves(second, moved);
        assertThat(first.knows(ofFirst)).isFalse();
        assertThat(second.knows(ofFirst)).isFalse();
    }

    private int serial;
    private final Map<String, Integer> counts = new HashMap<>();

    private void serves(Node node, String id) {
        Object before = node.read(id, "count");
        assertThat(before).isEqualTo(counts.get(id));
        counts.put(id, ++serial);
        node.counts.forget();
        node.write(id, "count", serial);
        assertThat(node.counts.calls()).as("one load, one save").hasSize(2);
    }

    @Test
    void aRequestThatLoadedASessionBeforeItsIdAndSecretChangedWritesToTheSuccessor() {
        Node second = node(OLD + "," + NEW);
        Node third = node(NEW + "," + OLD);
        String id = create(second);
        LiveSession slow = second.enter(id);
        assertThat(slow).isNotNull();
        LiveSession login = third.enter(id);
        assertThat(login).isNotNull();
        String moved = third.sessions.changeId(login, id);
        third.sessions.leave(login);

        slow.setAttribute("late", "but here");
        second.sessions.commit(slow);
        second.sessions.leave(slow);

        assertThat(slow.id()).isEqualTo(moved);
        assertThat(third.read(moved, "late")).isEqualTo("but here");
    }

    @Test
    void anExpiredSessionOfAnotherSecretIsLeftToThoseWhoHaveIt() {
        Node old = node(OLD);
        String id = create(old);
        Node both = node(NEW + "," + OLD);
        List<String> told = new ArrayList<>();
        both.events.onDestroyed = session -> told.add(session.getId());
        time.advance(Node.MAX_INACTIVE.plus(Duration.ofMinutes(5)));
        a.sessions.background().expire();
        assertThat(a.events.of("destroyed")).isEmpty();
        time.advance(Duration.ofSeconds(61));
        both.sessions.background().expire();
        assertThat(told).containsExactly(id);
    }

    @Test
    void aTombstoneThatWasMadeToPointAtAnothersSessionLeadsNowhere() {
        String mine = create(a);
        String victims = create(b);
        SessionKey mineStored = null;
        SessionKey victimsStored = null;
        Map<SessionKey, SessionRecord> records = BehindLocalStore.records(store);
        for (SessionKey key : records.keySet()) {
            victimsStored = mineStored == null ? null : key;
            mineStored = mineStored == null ? key : mineStored;
        }
        assertThat(victimsStored).isNotNull();
        LiveSession one = a.enter(mine);
        LiveSession two = b.enter(victims);
        assertThat(one).isNotNull();
        assertThat(two).isNotNull();
        SessionRecord.Tombstone forged = new SessionRecord.Tombstone(
                5,
                victimsStored,
                java.time.Instant.ofEpochMilli(time.wallMillis()).plusSeconds(1000),
                false,
                null);
        SessionRecord.Tombstone forgedToo = new SessionRecord.Tombstone(
                5, mineStored, java.time.Instant.ofEpochMilli(time.wallMillis()).plusSeconds(1000), false, null);
        records.put(mineStored, forged);
        records.put(victimsStored, forgedToo);
        one.setAttribute("x", 1);
        two.setAttribute("x", 1);
        a.sessions.commit(one);
        b.sessions.commit(two);
        assertThat(one.id()).isEqualTo(mine);
        assertThat(two.id()).isEqualTo(victims);
        assertThat(one.isValid()).isFalse();
        assertThat(two.isValid()).isFalse();
        a.sessions.leave(one);
        b.sessions.leave(two);
        assertThatThrownBy(() -> one.setAttribute("y", 1)).isInstanceOf(IllegalStateException.class);
    }

    // ---------------------------------------------------------------- told by what has changed

    @Test
    void changesAreOpened() {
        String id = create(a);
        assertThat(b.read(id, "user")).isEqualTo("ada lovelace");
        a.write(id, "user", "grace hopper");
        assertThat(b.read(id, "user")).isEqualTo("grace hopper");
        assertThat(b.read(id, "shopping-cart")).isEqualTo(List.of("kelp salad", "sea grapes"));
        assertThat(b.changes.told()).as("the sealed store's load, from outside").isPositive();
    }

    /** What b knows under its plain name must not stay: it is not what the store has. */
    @Test
    void aChangeThatCannotBeOpenedIsNotTheOldValue() {
        String id = create(a);
        assertThat(b.read(id, "user")).isEqualTo("ada lovelace");
        forge(attributes -> {
            attributes.replaceAll((name, was) -> new StoredAttribute(new byte[] {1, 2, 3}, was.mark()));
            return attributes;
        });
        assertThat(b.read(id, "user")).isNull();
        assertThat(b.<Object>request(id, live -> live.attributeNames())).isEqualTo(java.util.Set.of());
    }
}
