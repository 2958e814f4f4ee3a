package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node tells about its cluster, true or not. */
class SlotMapTest {

    private static final Address ASKED = new Address("asked", 7000);

    @Test
    void eachSlotHasTheMasterOfItsRange() throws Unreachable {
        SlotMap map = SlotMap.parse(
                List.of(range(0, 99, node("a", 1), node("b", 2)), range(100, 16383, node("c", 3))), ASKED);
        assertThat(map.master(0)).isEqualTo(new Address("a", 1));
        assertThat(map.master(99)).isEqualTo(new Address("a", 1));
        assertThat(map.master(100)).isEqualTo(new Address("c", 3));
        assertThat(map.masters()).containsExactly(new Address("a", 1), new Address("c", 3));
        assertThat(map.uncovered()).isZero();
    }

    @Test
    void anAddressWithoutAHostIsThatOfWhoWasAsked() throws Unreachable {
        assertThat(SlotMap.parse(List.of(range(0, 1, node("", 1))), ASKED).master(0))
                .isEqualTo(new Address("asked", 1));
        assertThat(SlotMap.parse(List.of(range(0, 1, Arrays.asList(null, 1L))), ASKED)
                        .master(1))
                .isEqualTo(new Address("asked", 1));
    }

    @Test
    void slotsOfANodeThatDoesNotKnowItsNameHaveNoMaster() throws Unreachable {
        SlotMap map = SlotMap.parse(List.of(range(0, 1, node("?", 1)), range(2, 3, node("a", 1))), ASKED);
        assertThat(map.master(0)).isNull();
        assertThat(map.uncovered()).isEqualTo(16_382);
    }

    @Test
    void whatMakesNoSenseIsRefusedWhole() {
        List<Object> nonsense = new ArrayList<>(List.of(
                1L,
                List.of(),
                List.of(1L),
                List.of(List.of()),
                List.of(List.of(0L, 1L)),
                List.of(range(-1, 1, node("a", 1))),
                List.of(range(0, 16384, node("a", 1))),
                List.of(range(5, 4, node("a", 1))),
                List.of(range(Long.MAX_VALUE, Long.MIN_VALUE, node("a", 1))),
                List.of(range(0, 5, node("a", 1)), range(5, 6, node("b", 1))),
                List.of(range(0, 5, node("a b", 1))),
                List.of(range(0, 5, node("a", 0))),
                List.of(range(0, 5, node("a", 65536))),
                List.of(range(0, 5, 7L)),
                new ErrorReply("ERR This instance has cluster support disabled")));
        List<Object> crowd = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            crowd.add(range(i, i, node("n" + i, 1)));
        }
        nonsense.add(crowd);
        for (Object reply : nonsense) {
            assertThatThrownBy(() -> SlotMap.parse(reply, ASKED))
                    .as(String.valueOf(reply)
                            .substring(0, Math.min(50, String.valueOf(reply).length())))
                    .isInstanceOf(Unreachable.class);
        }
        assertThatThrownBy(() -> SlotMap.parse(null, ASKED)).isInstanceOf(Unreachable.class);
    }

    @Test
    void redirectionsAreFollowedOnlyToAddresses() {
        ClusterMasters masters = new ClusterMasters(
                List.of(ASKED), address -> new Informant(address, opener()), address -> trips(address));
        Trips from = trips(ASKED);
        try {
            assertThat(masters.moved(from, "MOVED 5 10.0.0.1:7001")).isEqualTo(new Address("10.0.0.1", 7001));
            assertThat(masters.moved(from, "ASK 5 ::1:7001")).isEqualTo(new Address("::1", 7001));
            assertThat(masters.moved(from, "MOVED 5 :7001")).isEqualTo(new Address("asked", 7001));
            for (String hostile : new String[] {
                "MOVED",
                "MOVED 5",
                "MOVED x h:1",
                "MOVED 16384 h:1",
                "MOVED 99999 h:1",
                "MOVED 5 h",
                "MOVED 5 h:0",
                "MOVED 5 h:65536",
                "MOVED 5 h:1 more",
                "MOVED -1 h:1",
                "MOVED 5 ho/st:1",
                "MOVED 5 " + "h".repeat(300) + ":1"
            }) {
                assertThat(masters.moved(from, hostile)).as(hostile).isNull();
            }
        } finally {
            masters.close();
        }
    }

    @Test
    void onlyAMajorityOfAllSentinelsIsOne() {
        Address a = new Address("a", 1);
        Address b = new Address("b", 1);
        SentinelMaster.Votes votes = new SentinelMaster.Votes(3);
        assertThat(votes.best()).isNull();
        votes.add(a);
        assertThat(votes.majority()).isNull();
        assertThat(votes.best()).isEqualTo(a);
        votes.add(b);
        assertThat(votes.majority()).isNull();
        votes.add(b);
        assertThat(votes.majority()).isEqualTo(b);
    }

    private static Trips trips(Address address) {
        return new Trips(address, new Connections(address, opener(), 1), 1, 1, 0);
    }

    private static Opener opener() {
        return Opener.ofNodes(
                Connected.settings("redis-cluster://asked"), new Dialer(java.util.Optional.empty(), null, null));
    }

    private static List<Object> range(long first, long last, Object... nodes) {
        List<Object> range = new ArrayList<>(List.of(first, last));
        range.addAll(Arrays.asList(nodes));
        return range;
    }

    private static List<Object> node(String host, long port) {
        return List.of(host.getBytes(StandardCharsets.UTF_8), port, "id".getBytes(StandardCharsets.UTF_8));
    }
}
