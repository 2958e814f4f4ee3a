package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.kit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NodeListsTest {

    private final ManualTime time = new ManualTime();
    private final List<FakeNode> nodes =
            Stream.of("n1", "n2", "n3").map(name -> new FakeNode(name, time)).toList();
    private final List<String> warnings = new ArrayList<>();

    /** An application server with the nodes that its settings name. */
    private final class Server {
        private final NodeLists lists;

        Server(String application, String store, String... more) {
            MemcachedSettings settings = Given.settings(store, more);
            lists = NodeLists.idle(
                    nodes.stream()
                            .filter(node -> (settings.nodes() + "" + settings.previousNodes()).contains(node.name()))
                            .map(FakeNode::client)
                            .toList(),
                    settings,
                    application,
                    time,
                    warnings::add);
        }

        List<String> round() {
            warnings.clear();
            lists.round();
            return List.copyOf(warnings);
        }
    }

    @Test
    void serversWithOtherNodesNoticeEachOtherAndSaySoOnce() {
        Server one = new Server("shop", "memcached://n1:a,n2:b");
        Server other = new Server("shop", "memcached://n1:a,n3:c");
        assertThat(one.round()).isEmpty();
        assertThat(other.round())
                .singleElement()
                .asString()
                .contains("another server of application 'shop' has other nodes")
                .contains("there n1@host/a,n2@host/b; here n1@host/a,n3@host/c")
                .contains("memcached.previous-nodes");
        assertThat(one.round()).singleElement().asString().contains("there n1@host/a,n3@host/c");
        time.advance(Duration.ofSeconds(100));
        assertThat(other.round()).isEmpty();
        assertThat(one.round()).isEmpty();
    }

    @Test
    void otherZonesAreOtherHomes() {
        Server one = new Server("shop", "memcached://n1:a,n2:b,n3:c");
        Server other = new Server("shop", "memcached://n1:a,n2:b,n3:c", "memcached.zones", "n1=x,n2=x");
        assertThat(one.round()).isEmpty();
        assertThat(other.round()).hasSize(1);
    }

    @Test
    void theSameListInAnotherOrderIsTheSame() {
        Server one = new Server("shop", "memcached://n1:a,n2:b,n3:c");
        Server other = new Server("shop", "memcached://n3:c,n1:A:11211,n2:b", "memcached.replicas", "3");
        assertThat(one.round()).isEmpty();
        assertThat(other.round()).isEmpty();
        assertThat(one.round()).isEmpty();
    }

    @Test
    void aListThatReplacesAnotherGoesWithIt() {
        Server old = new Server("shop", "memcached://n1:a,n2:b");
        Server moving = new Server("shop", "memcached://n2:b,n3:c", "memcached.previous-nodes", "n1:a,n2:b");
        Server moved = new Server("shop", "memcached://n2:b,n3:c");
        assertThat(old.round()).isEmpty();
        assertThat(moving.round()).isEmpty();
        assertThat(old.round()).isEmpty();
        time.advance(Duration.ofMinutes(4));
        assertThat(moving.round()).isEmpty();
        assertThat(moved.round()).as("the old one is gone").isEmpty();
        assertThat(old.round()).as("and comes back").hasSize(1);
    }

    @Test
    void otherApplicationsMayHaveOtherNodes() {
        assertThat(new Server("shop", "memcached://n1:a,n2:b").round()).isEmpty();
        assertThat(new Server("till", "memcached://n1:a,n3:c").round()).isEmpty();
    }

    @Test
    void whatIsNoListIsPassedOver() {
        Server server = new Server("shop", "memcached://n1:a");
        for (String hostile : new String[] {
            "",
            "\n\n",
            "x",
            "99999999999999999999 nodes=a previous=",
            "1 nodes=a\u0000 previous=",
            "1 nodes=$(x) previous=",
            "nodes= previous= ".repeat(5_000),
            "1 nodes=a previous=\n".repeat(1_000)
        }) {
            nodes.get(0).put("hf:shop:.lists", hostile.getBytes(StandardCharsets.UTF_8));
            assertThat(server.round()).isEmpty();
            assertThat(new String(nodes.get(0).bytes("hf:shop:.lists"), StandardCharsets.UTF_8))
                    .matches("[0-9]+ nodes=n1@host/a previous=\n");
        }
    }

    @Test
    void aNodeThatIsAwayDoesNotKeepTheOthersFromBeingCompared() {
        Server one = new Server("shop", "memcached://n1:a,n2:b");
        Server other = new Server("shop", "memcached://n1:a,n2:b,n3:c");
        nodes.get(0).cutOff();
        assertThat(one.round()).isEmpty();
        assertThat(other.round()).hasSize(1);
    }
}
