package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nobody waits for servers that have been away for a while, nor asks them again and again. */
class HomesAwayTest {

    private final ManualTime time = new ManualTime();
    private final AtomicInteger calls = new AtomicInteger();
    private final List<FakeNode> nodes =
            Stream.of("n1", "n2").map(name -> new FakeNode(name, time)).toList();
    private final MemcachedStore store = new MemcachedStore(
            new Homes(
                    nodes.stream()
                            .map(node -> node.client(calls::incrementAndGet, () -> false, what -> {}))
                            .toList(),
                    Map.of(),
                    2),
            new StoreContext(
                    "shop",
                    new ExpiryPolicy(
                            Duration.ofSeconds(30),
                            Duration.ofMinutes(5),
                            Duration.ofMinutes(10),
                            Duration.ofMinutes(30)),
                    time),
            Duration.ofMinutes(1));
    private final SessionKey key = new SessionKey("shop", "id");

    @Test
    void noServerAnswers() {
        nodes.forEach(FakeNode::cutOff);
        assertThatFailingEndsAtOnce(() -> store.load(key, 0, Access.NONE));
        assertThatFailingEndsAtOnce(() -> store.save(
                SessionSnapshot.initial(key, Instant.ofEpochMilli(time.wallMillis()), Duration.ofHours(1)),
                new SessionDelta(SessionDelta.newStamp(), Map.of(), Set.of(), Duration.ZERO, null)));
    }

    @Test
    void onlyTheServerThatIsAwayCouldHaveTheSession() {
        nodes.get(0).cutOff();
        assertThatFailingEndsAtOnce(() -> store.load(key, 0, Access.NONE));
    }

    private void assertThatFailingEndsAtOnce(Runnable call) {
        time.passWithEachLook(Duration.ofMillis(100));
        assertThatThrownBy(call::run).isInstanceOf(StoreException.class);
        calls.set(0);
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
        assertThat(calls.get()).as("calls").isLessThanOrEqualTo(4);
        time.passWithEachLook(Duration.ZERO);
    }
}
