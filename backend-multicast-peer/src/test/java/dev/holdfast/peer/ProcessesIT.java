package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.spi.servers.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members in JVMs of their own, that are killed, paused and restarted while users write. */
class ProcessesIT {

    private Processes processes = new Processes(Transport.TCP);
    private String store = "";
    private int started;

    @AfterEach
    void end() {
        processes.close();
    }

    private void start() throws Exception {
        processes.start("m" + started++, store, "127.0.0.1", List.of());
        int members = processes.running.size();
        Cluster.await("joined", () -> processes.running.stream().allMatch(member -> member.sees(members)));
        processes.awaitSettled("join", System.nanoTime(), processes.running);
    }

    private void startWriting(Processes.Running member) {
        member.tell("write");
    }

    private void cluster(int members) throws Exception {
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            hosts.add("127.0.0.1:" + Ports.free(false));
        }
        cluster(members, "peer://" + String.join(",", hosts));
    }

    private void cluster(int members, String where) throws Exception {
        store = where;
        for (int i = 0; i < members; i++) {
            start();
        }
        processes.running.get(0).tell("create");
        processes.running.get(0).await("created");
        processes.running.forEach(this::startWriting);
        processes.awaitWrites(300);
    }

    private void kill(int which, String what) {
        Processes.Running victim = processes.running.remove(which);
        long now = System.nanoTime();
        victim.signal("KILL");
        processes.awaitSettled(what, now, processes.running);
        processes.awaitWrites(200);
    }

    private void assertNothingMissing() {
        processes.stopWriting();
        System.out.println(processes.acks + " writes acknowledged, " + processes.failed + " failed");
        assertThat(processes.missing()).isEmpty();
    }

    @Test
    void nothingIsLostWhenMembersAreKilledAndRestarted() throws Exception {
        cluster(3);
        // The first one is the coordinator of JGroups.
        kill(2, "kill -9");
        start();
        startWriting(processes.running.get(2));
        kill(0, "kill -9 of the coordinator");
        start();
        assertNothingMissing();
    }

    /** By multicast: over UDP nobody needs a port that others know. */
    @Test
    void nothingIsLostOverUdpWhenTheCoordinatorIsKilled() throws Exception {
        processes.close();
        processes = new Processes(Transport.UDP);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        cluster(3, "peer://228." + random.nextInt(1, 255) + ".9.7:" + random.nextInt(20_000, 60_000));
        kill(0, "kill -9 of the coordinator, UDP");
        start();
        assertNothingMissing();
    }

    @Test
    void nothingIsLostInARollingRestart() throws Exception {
        cluster(3);
        for (int i = 0; i < 3; i++) {
            Processes.Running first = processes.running.remove(0);
            long now = System.nanoTime();
            first.tell("close");
            first.await("closed");
            processes.awaitSettled("orderly stop", now, processes.running);
            start();
            startWriting(processes.running.get(2));
            processes.awaitWrites(100);
        }
        assertNothingMissing();
    }

    @Test
    void nothingIsLostAndNothingOldIsReadWhenAMemberIsPaused() throws Exception {
        cluster(3);
        Processes.Running paused = processes.running.remove(1);
        long now = System.nanoTime();
        paused.signal("STOP");
        processes.awaitSettled("pause", now, processes.running);
        while (System.nanoTime() - now < 10_000_000_000L) {
            LockSupport.parkNanos(50_000_000);
        }
        now = System.nanoTime();
        paused.signal("CONT");
        processes.running.add(paused);
        processes.awaitSettled("goes on", now, processes.running);
        processes.awaitWrites(200);
        assertNothingMissing();
    }
}
