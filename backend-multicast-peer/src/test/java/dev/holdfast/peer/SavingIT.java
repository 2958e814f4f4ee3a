package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What saves cost: members in JVMs of their own, each with callers that load and save sessions of their own as fast as they can.
 * {@code -Dholdfast.test.saving.millis=5000} for figures; several ways are run in turn, so that a busy machine is busy for all.
 * {@code -Dholdfast.test.saving.ways="plain|-Dx=1|-Dx=2 -Dy=3"} compares JVMs with such options.
 */
class SavingIT {

    private static final int MILLIS = Integer.getInteger("holdfast.test.saving.millis", 300);
    private static final int ROUNDS = Integer.getInteger("holdfast.test.saving.rounds", 1);
    private static final String WAYS = System.getProperty("holdfast.test.saving.ways", "plain");
    private static final int MEMBERS = Integer.getInteger("holdfast.test.saving.members", 2);
    private static final boolean SECRET =
            Boolean.parseBoolean(System.getProperty("holdfast.test.saving.secret", "true"));
    private static final int CALLERS = 16;

    private static final class Member {
        final Process process;
        final BufferedReader out;
        final BufferedWriter in;

        Member(Process process) {
            this.process = process;
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        }

        String[] answer() throws IOException {
            String line = out.readLine();
            if (line == null) {
                throw new AssertionError("a member has ended");
            }
            return line.split(" ");
        }

        void tell(String line) throws IOException {
            in.write(line + "\n");
            in.flush();
        }

        long[] usage() throws IOException {
            tell("usage");
            return Arrays.stream(answer()).skip(1).mapToLong(Long::parseLong).toArray();
        }
    }

    private record Figures(double perSecond, double processorMicros, double packets, double bytes) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%6.0f load and save/s, processor %5.0f us, %4.2f packets, %5.0f bytes each",
                    perSecond,
                    processorMicros,
                    packets,
                    bytes);
        }
    }

    private final List<Member> all = new ArrayList<>();

    @AfterEach
    void end() {
        all.forEach(member -> member.process.destroyForcibly());
    }

    private List<Member> cluster(String options, boolean secret) throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String store = "peer://228." + random.nextInt(1, 255) + "." + random.nextInt(255) + "." + random.nextInt(1, 255)
                + ":" + random.nextInt(20_000, 60_000);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
            if (!options.equals("plain")) {
                command.addAll(List.of(options.split(" ")));
            }
            command.addAll(
                    List.of(SavingProcess.class.getName(), store, "" + MEMBERS, Boolean.toString(secret), "127.0.0.1"));
            Member member = new Member(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            all.add(member);
            members.add(member);
        }
        for (Member member : members) {
            assertThat(member.answer()[0]).isEqualTo("ready");
        }
        return members;
    }

    private static Figures run(List<Member> members, int bytes, int millis) throws IOException {
        List<long[]> before = new ArrayList<>();
        for (Member member : members) {
            before.add(member.usage());
        }
        for (Member member : members) {
            member.tell("load " + CALLERS / members.size() + " " + bytes + " " + millis);
        }
        long saves = 0;
        double perSecond = 0;
        for (Member member : members) {
            String[] answer = member.answer();
            saves += Long.parseLong(answer[1]);
            perSecond += Long.parseLong(answer[1]) * 1e9 / Long.parseLong(answer[2]);
        }
        assertThat(saves).isPositive();
        long[] used = new long[3];
        for (int i = 0; i < members.size(); i++) {
            long[] after = members.get(i).usage();
            for (int j = 0; j < used.length; j++) {
                used[j] += after[j] - before.get(i)[j];
            }
        }
        return new Figures(perSecond, used[0] / 1e3 / saves, (double) used[1] / saves, (double) used[2] / saves);
    }

    @Test
    void savesOfManyCallersOnAllMembers() throws IOException {
        String[] ways = WAYS.split("\\|");
        List<List<Member>> clusters = new ArrayList<>();
        for (String way : ways) {
            clusters.add(cluster(way, SECRET));
        }
        for (List<Member> cluster : clusters) {
            run(cluster, 1_000, 2 * MILLIS);
        }
        for (int bytes : new int[] {1_000, 10_000}) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < ways.length; i++) {
                    System.out.println(bytes + " bytes, " + ways[i] + ": " + run(clusters.get(i), bytes, MILLIS));
                }
            }
        }
    }
}
