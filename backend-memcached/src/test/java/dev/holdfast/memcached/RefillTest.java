package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RefillTest {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofMinutes(10), Duration.ofMinutes(30));

    private final ManualTime time = new ManualTime();
    private final List<FakeNode> nodes =
            Stream.of("n1", "n2").map(name -> new FakeNode(name, time)).toList();
    private final MemcachedStore one = store();
    private final MemcachedStore two = store();

    private MemcachedStore store() {
        return new MemcachedStore(
                new Homes(nodes.stream().map(FakeNode::client).toList(), Map.of(), 2),
                new StoreContext("shop", POLICY, time),
                Duration.ofSeconds(10));
    }

    @Test
    void sessionsThatNobodyUsesSurviveBothServersOneAfterTheOther() {
        SessionKey made = create("made");
        SessionKey read = create("read");
        assertThat(two.load(read, 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
        nodes.get(0).kill();
        one.refill().look();
        nodes.get(0).start();
        assertThat(nodes.get(0).bytes(item(made))).isNull();

        two.refill().look();
        assertThat(nodes.get(0).bytes(item(read))).isEqualTo(nodes.get(1).bytes(item(read)));
        assertThat(nodes.get(0).bytes(item(made)))
                .as("which this one has not used")
                .isNull();
        one.refill().look();

        nodes.get(1).kill();
        assertThat(one.load(made, 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
        assertThat(one.load(read, 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
    }

    @Test
    void whatEndedMeanwhileStaysEnded() {
        SessionKey key = create("ended");
        nodes.get(0).cutOff();
        assertThat(two.remove(key, Removal.invalidation())).isInstanceOf(Removed.Done.class);
        nodes.get(0).start();

        one.refill().look();

        nodes.get(1).kill();
        time.advance(Duration.ofSeconds(11));
        assertThat(one.load(key, 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
    }

    @Test
    void nothingIsReadWhenNothingHasHappened() {
        create("quiet");
        nodes.get(0).cutOff();
        nodes.get(0).start();
        one.refill().look();
        nodes.forEach(FakeNode::cutOff);

        // It would fail, and be repeated.
        one.refill().look();
        nodes.get(1).start();
        one.refill().look();

        assertThat(nodes.get(1).bytes(item(new SessionKey("shop", "quiet")))).isNotNull();
    }

    @Test
    void aPassThatFailsIsRepeated() {
        SessionKey key = create("again");
        nodes.get(0).kill();
        nodes.get(0).start();
        nodes.get(1).cutOff();
        // so that nobody waits for it in vain
        time.passWithEachLook(Duration.ofMillis(200));
        one.refill().look();
        assertThat(nodes.get(0).bytes(item(key))).isNull();

        nodes.get(1).start();
        one.refill().look();

        assertThat(nodes.get(0).bytes(item(key))).isNotNull();
    }

    private SessionKey create(String id) {
        SessionSnapshot initial = SessionSnapshot.initial(
                new SessionKey("shop", id), Instant.ofEpochMilli(time.wallMillis()), Duration.ofHours(1));
        SessionDelta delta =
                new SessionDelta(SessionDelta.newStamp(), Map.of("a", new byte[] {1}), Set.of(), Duration.ZERO, null);
        assertThat(one.save(initial, delta)).isInstanceOf(Saved.Done.class);
        return initial.key();
    }

    private static String item(SessionKey key) {
        return "hf:shop:" + key.opaque();
    }
}
