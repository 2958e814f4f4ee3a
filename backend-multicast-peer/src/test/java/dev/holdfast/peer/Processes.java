package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Transport;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Members in JVMs of their own, and what they were told is stored. */
final class Processes implements AutoCloseable {

    /** One of them. */
    final class Running {
        final String name;
        final Process process;
        private final BufferedWriter in;
        private final Queue<String> answers = new ConcurrentLinkedQueue<>();
        private volatile String state = "";

        private Running(String name, Process process) {
            this.name = name;
            this.process = process;
            in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
            Thread reader = new Thread(this::read, "output of " + name);
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    heard(line);
                }
            } catch (IOException e) {
                answers.add("ended: " + e);
            }
        }

        private void heard(String line) {
            String[] words = line.split(" ", 4);
            switch (words[0]) {
                case "state" -> state = line;
                case "ack" -> {
                    acknowledged.merge(words[1] + " " + words[2], Integer.parseInt(words[3]), Math::max);
                    acks.incrementAndGet();
                }
                case "wrong" -> wrong.add(name + ": " + line);
                case "destroyed" -> destroyed.add(name + " " + words[1]);
                case "failed" -> failed.incrementAndGet();
                case "session", "value", "told", "created", "ended", "closed", "stopped" -> answers.add(line);
                default -> System.out.println(name + ": " + line);
            }
        }

        void tell(String line) {
            try {
                in.write(line + "\n");
                in.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        boolean isSettled(int members) {
            return state.equals("state " + members + " true");
        }

        boolean sees(int members) {
            return state.startsWith("state " + members + " ");
        }

        void await(String answer) {
            Cluster.await(name + " has answered " + answer, () -> answers.contains(answer));
        }

        void signal(String signal) {
            Processes.run("kill", "-" + signal, Long.toString(process.pid()));
        }
    }

    private final Transport transport;
    final List<Running> running = new ArrayList<>();
    final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    /** Whose listeners ran for which session. */
    final Queue<String> destroyed = new ConcurrentLinkedQueue<>();

    final AtomicInteger failed = new AtomicInteger();
    final AtomicInteger acks = new AtomicInteger();
    private final Map<String, Integer> acknowledged = new java.util.concurrent.ConcurrentHashMap<>();

    Processes(Transport transport) {
        this.transport = transport;
    }

    /** @param before what the command begins with, as {@code ip netns exec x} */
    Running start(String name, String store, String address, List<String> before) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MemberProcess.class.getName(),
                name,
                store,
                address,
                transport.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Running started = new Running(name, process);
        running.add(started);
        return started;
    }

    /** Prints how long it took. */
    void awaitSettled(String what, long sinceNanos, List<Running> which) {
        Cluster.await(what + ": noticed", () -> which.stream().allMatch(member -> member.sees(which.size())));
        long noticed = System.nanoTime() - sinceNanos;
        Cluster.await(what + ": settled", () -> which.stream().allMatch(member -> member.isSettled(which.size())));
        System.out.printf(
                "%s: noticed after %d ms, all copies made after %d ms%n",
                what, noticed / 1_000_000, (System.nanoTime() - sinceNanos) / 1_000_000);
    }

    /** All writers, with what they have under way. */
    void stopWriting() {
        running.forEach(member -> member.tell("stop"));
        running.forEach(member -> member.await("stopped"));
    }

    /** As long as it takes for users to have written more. */
    void awaitWrites(int more) {
        int before = acks.get();
        Cluster.await("written", () -> acks.get() >= before + more);
    }

    /** Everything that was acknowledged, to whomever, must be found by all. */
    List<String> missing() {
        List<String> missing = new ArrayList<>(wrong);
        for (Running member : running) {
            member.answers.clear();
            member.tell("tell");
            member.await("told");
            Map<String, String> sessions = new HashMap<>();
            Map<String, Integer> values = new HashMap<>();
            for (String line : member.answers) {
                String[] words = line.split(" ");
                if (words[0].equals("session")) {
                    sessions.put(words[1], words[2]);
                } else if (words[0].equals("value")) {
                    values.put(words[1] + " " + words[2], Integer.parseInt(words[3]));
                }
            }
            for (Map.Entry<String, Integer> one : new TreeMap<>(acknowledged).entrySet()) {
                String session = one.getKey().split(" ")[0];
                boolean mayHaveEnded = Integer.parseInt(session) >= MemberProcess.FIRST_TO_END;
                if (!"found".equals(sessions.get(session))) {
                    if (!mayHaveEnded) {
                        missing.add(member.name + ": session " + session + " is " + sessions.get(session));
                    }
                } else if (values.getOrDefault(one.getKey(), 0) < one.getValue()) {
                    missing.add(member.name + ": " + one + " was acknowledged, found " + values.get(one.getKey()));
                }
            }
        }
        return missing;
    }

    /** What a member finds of a session, in a word. */
    static boolean hasEnded(Running member, int session) {
        return member.answers.contains("session " + session + " Removed");
    }

    static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        for (Running member : running) {
            member.process.destroyForcibly();
        }
    }
}
