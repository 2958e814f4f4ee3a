package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sentinels that disagree, know nothing, or say what makes no sense. */
@Timeout(60)
class SentinelMasterTest {

    private static final Address OLD = new Address("127.0.0.1", 1001);
    private static final Address NEW = new Address("127.0.0.1", 1002);

    private final Names names = new Names();
    private final Watch watch = new Watch();
    private final List<ScriptedServer> sentinels = new ArrayList<>();
    private final List<AtomicReference<String>> words = new ArrayList<>();
    private final List<Trips> servers = new ArrayList<>();
    private SentinelMaster masters;

    @BeforeEach
    void start() {
        for (int i = 0; i < 3; i++) {
            AtomicReference<String> word = new AtomicReference<>(named(OLD));
            words.add(word);
            sentinels.add(new ScriptedServer(
                    command -> command.get(0).equals("SENTINEL") ? word.get() : ScriptedServer.wellBehaved(command)));
        }
        Opener opener = Opener.ofSentinels(
                Connected.settings("redis-sentinel://m@s"), new Dialer(Optional.empty(), names, watch));
        masters = new SentinelMaster(
                "m",
                sentinels.stream()
                        .map(server -> new Informant(server.address(), opener))
                        .toList(),
                address -> {
                    Trips trips = new Trips(address, new Connections(address, opener, 1), 1_000_000_000L, 1, 0);
                    servers.add(trips);
                    return trips;
                });
    }

    @AfterEach
    void stop() {
        masters.close();
        sentinels.forEach(ScriptedServer::close);
        names.close();
        watch.close();
    }

    private static String named(Address master) {
        String port = Integer.toString(master.port());
        return "*2\r\n$" + master.host().length() + "\r\n" + master.host() + "\r\n$" + port.length() + "\r\n" + port
                + "\r\n";
    }

    private void say(String first, String second, String third) {
        words.get(0).set(first);
        words.get(1).set(second);
        words.get(2).set(third);
    }

    /** Until a whole look has been made after now. */
    private void look() throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            masters.suspect(masters.of(0));
            masters.awaitNews(Connected.in(Duration.ofSeconds(20)));
        }
    }

    @Test
    void theNewMasterIsTheOneThatMostSentinelsName() throws Exception {
        masters.start();
        assertThat(masters.of(0).address()).isEqualTo(OLD);
        say(named(NEW), named(OLD), named(NEW));
        look();
        assertThat(masters.of(0).address()).isEqualTo(NEW);
        assertThat(servers.get(0).isClosed()).isTrue();
        assertThat(servers.get(1).isClosed()).isFalse();
    }

    @Test
    void aSentinelAloneIsNotBelievedWhileTheMasterAnswers() throws Exception {
        masters.start();
        say(named(NEW), null, "$-1\r\n");
        look();
        assertThat(masters.of(0).address()).isEqualTo(OLD);
        assertThat(servers).hasSize(1);
    }

    @Test
    void aSentinelAloneIsBelievedWhenTheMasterIsDown() throws Exception {
        masters.start();
        say(null, named(NEW), null);
        masters.of(0).suspect(new Unreachable(Unreachable.Reason.REFUSED, "down", null));
        look();
        assertThat(masters.of(0).address()).isEqualTo(NEW);
    }

    @Test
    void theMasterStaysWhenSentinelsTalkNonsense() throws Exception {
        masters.start();
        for (String nonsense : new String[] {
            "*0\r\n",
            "*-1\r\n",
            "*2\r\n$3\r\na b\r\n$1\r\n1\r\n",
            "*2\r\n$1\r\na\r\n$1\r\n0\r\n",
            "*2\r\n$1\r\na\r\n$6\r\n999999\r\n",
            ":1\r\n",
            "*2\r\n:1\r\n:1\r\n*",
            "-ERR x\r\n",
            "junk\r\n",
            null
        }) {
            say(nonsense, nonsense, nonsense);
            masters.of(0).suspect(new Unreachable(Unreachable.Reason.REFUSED, "down", null));
            look();
            assertThat(masters.of(0).address()).as(String.valueOf(nonsense)).isEqualTo(OLD);
        }
    }

    @Test
    void aStartWithoutAMasterTellsWhatEachSentinelSaid() {
        say("$-1\r\n", null, "-NOAUTH Authentication required.\r\n");
        assertThatThrownBy(masters::start)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("knows no master called m")
                .hasMessageContaining("closed the connection")
                .hasMessageContaining("redis.sentinel-password");
    }
}
