package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which attributes are stored, how many sessions a node takes, and what a stop ends. */
class LimitsTest {

    private final ManualTime time = new ManualTime();
    private final LocalStore store = Node.store(time);
    private final Node other = new Node(store.member(Node.context(time)), time);

    @AfterEach
    void close() {
        other.close();
        store.close();
    }

    private Node node(AttributeNames stored, int maxActiveSessions, boolean expiresOnStop) {
        SessionRules rules = new SessionRules(
                "app",
                Node.POLICY,
                Node.MAX_INACTIVE,
                1000,
                Duration.ofSeconds(60),
                true,
                true,
                true,
                1 << 24,
                WriteRules.STORED_FIRST,
                stored,
                maxActiveSessions,
                expiresOnStop);
        return new Node(store.member(Node.context(time)), time, rules);
    }

    @Test
    void attributesThatAreNotStoredStayOnTheirNode() {
        AttributeNames names = AttributeNames.parse(List.of("cart"), problem -> {});
        try (Node node = node(names, Integer.MAX_VALUE, false)) {
            Object unserializable = new Object();
            String id = node.create(live -> {
                live.setAttribute("cart", "kelp");
                live.setAttribute("draft", "half a letter");
                live.setAttribute("handle", unserializable); // not refused: it is not to travel anyway
                return null;
            });

            assertThat(node.read(id, "draft")).isEqualTo("half a letter");
            assertThat(node.read(id, "handle")).isSameAs(unserializable);
            assertThat(Objects.requireNonNull(other.request(id, LiveSession::attributeNames)))
                    .containsExactly("cart");
            other.write(id, "cart", "cod");
            assertThat(node.read(id, "cart")).isEqualTo("cod");
            assertThat(node.read(id, "draft")).isEqualTo("half a letter");
        }
    }

    @Test
    void aNodeWithAllItsSessionsRefusesNewOnesAndServesTheOthers() {
        try (Node node = node(AttributeNames.all(), 2, false)) {
            String first = node.create(live -> null);
            String second = node.create(live -> null);

            assertThatThrownBy(() -> node.create(live -> null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("max-active-sessions");
            assertThat(node.sessions.counts().rejected.sum()).isEqualTo(1);
            assertThat(node.knows(first)).isTrue();
            node.request(second, live -> {
                live.invalidate();
                return null;
            });
            assertThat(node.knows(node.create(live -> null))).isTrue();
        }
    }

    @Test
    void aStopEndsTheSessionsOfTheNodeIfToldTo() {
        Node node = node(AttributeNames.all(), Integer.MAX_VALUE, true);
        String here = node.create(live -> null);
        String elsewhere = other.create(live -> null);

        node.close();

        assertThat(node.events.of("destroyed")).hasSize(1);
        assertThat(other.knows(here)).isFalse();
        assertThat(other.knows(elsewhere)).isTrue();
    }

    @Test
    void aStopWithoutTheStoreEndsNothing() {
        Node node = node(AttributeNames.all(), Integer.MAX_VALUE, true);
        String id = node.create(live -> null);
        node.faults.plan(Fault.failsBefore(Operation.REMOVE));
        node.faults.plan(Fault.failsBefore(Operation.REMOVE));

        node.close();

        assertThat(other.knows(id)).isTrue();
    }
}
