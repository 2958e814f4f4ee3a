package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.peer.PeerSettings.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Four members, each in a JVM and a network namespace of its own, and a cable between two and two that is cut. Needs Linux, {@code
 * ip} and root, as containers of tests have them.
 */
class PartitionIT {

    private static final int MEMBERS = 4;

    private final String id = Integer.toString(ThreadLocalRandom.current().nextInt(1_000_000), 36);
    private final int network = ThreadLocalRandom.current().nextInt(1, 255);
    private final Processes processes = new Processes(Transport.TCP);

    private String namespace(int member) {
        return "hfp" + id + "n" + member;
    }

    private String cable(int member) {
        return "hfp" + id + "v" + member;
    }

    private String bridge(int number) {
        return "hfp" + id + "b" + number;
    }

    private String address(int member) {
        return "10.77." + network + "." + (member + 1);
    }

    @BeforeEach
    void network() {
        for (int i = 0; i < 2; i++) {
            Processes.run("ip", "link", "add", bridge(i), "type", "bridge");
            Processes.run("ip", "link", "set", bridge(i), "up");
        }
        for (int i = 0; i < MEMBERS; i++) {
            Processes.run("ip", "netns", "add", namespace(i));
            Processes.run("ip", "link", "add", cable(i), "type", "veth", "peer", "name", "eth0", "netns", namespace(i));
            Processes.run("ip", "link", "set", cable(i), "master", bridge(0), "up");
            Processes.run("ip", "-n", namespace(i), "addr", "add", address(i) + "/24", "dev", "eth0");
            Processes.run("ip", "-n", namespace(i), "link", "set", "eth0", "up");
            Processes.run("ip", "-n", namespace(i), "link", "set", "lo", "up");
        }
    }

    @AfterEach
    void end() {
        processes.close();
        for (int i = 0; i < MEMBERS; i++) {
            Processes.run("ip", "link", "del", cable(i));
            Processes.run("ip", "netns", "del", namespace(i));
        }
        Processes.run("ip", "link", "del", bridge(0));
        Processes.run("ip", "link", "del", bridge(1));
    }

    private void connect(int member, int bridge) {
        Processes.run("ip", "link", "set", cable(member), "master", bridge(bridge));
    }

    @Test
    void whatBothSidesOfAPartitionAcknowledgedIsThereAfterTheHeal() throws Exception {
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            hosts.add(address(i) + ":7800");
        }
        String store = "peer://" + String.join(",", hosts);
        for (int i = 0; i < MEMBERS; i++) {
            processes.start("m" + i, store, address(i), List.of("ip", "netns", "exec", namespace(i)));
            int started = i + 1;
            Cluster.await("joined", () -> processes.running.stream().allMatch(member -> member.sees(started)));
        }
        List<Processes.Running> all = List.copyOf(processes.running);
        processes.awaitSettled("start", System.nanoTime(), all);
        all.get(0).tell("create");
        all.get(0).await("created");
        all.forEach(member -> member.tell("claim"));
        all.forEach(member -> member.tell("write"));
        processes.awaitWrites(500);

        long cut = System.nanoTime();
        connect(2, 1);
        connect(3, 1);
        Cluster.await("both sides noticed", () -> all.stream().allMatch(member -> member.sees(2)));
        Cluster.await("both sides settled", () -> all.stream().allMatch(member -> member.isSettled(2)));
        System.out.printf("cut: both sides are whole after %d ms%n", (System.nanoTime() - cut) / 1_000_000);
        processes.awaitWrites(500);
        int failedBefore = processes.failed.get();
        for (int session = MemberProcess.FIRST_TO_END; session < MemberProcess.SESSIONS; session++) {
            // Where it is not known, that is remembered as well.
            all.get(session % 2).tell("end " + session);
            all.get(session % 2).await("ended " + session);
        }
        while (System.nanoTime() - cut < 20_000_000_000L) {
            LockSupport.parkNanos(50_000_000);
        }

        long healed = System.nanoTime();
        connect(2, 0);
        connect(3, 0);
        processes.awaitSettled("heal", healed, all);
        processes.awaitWrites(200);
        processes.stopWriting();
        System.out.println(processes.acks + " writes acknowledged, " + processes.failed + " failed, "
                + (processes.failed.get() - failedBefore) + " of them after both sides were whole");

        assertThat(processes.missing()).isEmpty();
        assertThatEachIdleSessionWasDestroyedOnceOnASideAtMost();
        for (Processes.Running member : all) {
            for (int session = MemberProcess.FIRST_TO_END; session < MemberProcess.SESSIONS; session++) {
                assertThat(Processes.hasEnded(member, session))
                        .as("session %d at %s", session, member.name)
                        .isTrue();
            }
        }
    }

    /** They expired while the network was in two parts. */
    private void assertThatEachIdleSessionWasDestroyedOnceOnASideAtMost() {
        Set<String> sessions = new HashSet<>();
        Map<String, Integer> onSide = new HashMap<>();
        for (String destroyed : processes.destroyed) {
            String[] memberAndSession = destroyed.split(" ");
            int side = memberAndSession[0].equals("m0") || memberAndSession[0].equals("m1") ? 0 : 1;
            sessions.add(memberAndSession[1]);
            onSide.merge(memberAndSession[1] + " on side " + side, 1, Integer::sum);
        }
        System.out.println(
                sessions.size() + " idle sessions destroyed, " + onSide.size() + " times on one of two sides");
        assertThat(sessions).hasSize(MemberProcess.IDLE);
        assertThat(onSide).allSatisfy((where, times) -> assertThat(times).isEqualTo(1));
    }
}
