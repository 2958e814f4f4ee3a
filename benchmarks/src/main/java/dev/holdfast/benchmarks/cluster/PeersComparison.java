package dev.holdfast.benchmarks.cluster;

import dev.holdfast.benchmarks.Comparison;
import dev.holdfast.benchmarks.Provenance;
import dev.holdfast.benchmarks.node.BenchNode;
import dev.holdfast.benchmarks.node.Clicks;
import dev.holdfast.spi.servers.OwnDirectory;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * What nodes say to each other for a request, and what a session takes of their heaps: Holdfast's peers beside Tomcat's own cluster. The nodes of a
 * contender are in a network namespace of their own, whose loopback counts what goes over it; what the user and the nodes say to each other
 * is counted with nodes that replicate nothing, and taken away, as is what the nodes say when nobody clicks. Needs Linux, {@code ip} and root.
 */
public final class PeersComparison implements Comparison {

    private static final String NODE = "dev.holdfast.benchmarks.node.";
    private static final int CLICKS = Integer.getInteger("bench.clicks", 2_000);
    private static final int SESSIONS = 50;
    private static final int SESSIONS_IN_MEMORY = Integer.getInteger("bench.sessions", 4_000);
    /** For one's own use: a part of the contenders, which sizes in KB, and how many members. */
    private static final Pattern ONLY = Pattern.compile(System.getProperty("bench.only", ""));

    private static final int[] SIZES = numbers("bench.sizes", "1,10");
    private static final int[] MEMBERS = numbers("bench.members", "2,4");
    private static final String MULTICAST_PORT = "45564";
    private static final int FIRST_PORT = 7_800;
    private static final long IDLE_NANOS = 5_000_000_000L;
    private static final String TRIBES_LIB = "benchmarks/rivals/tomcat-cluster/target/lib/*";

    /** @param keeps whether all requests of a session go to one node */
    private record Contender(String name, boolean keeps, List<List<String>> nodes) {}

    /** What went over the network, and when that was read. */
    private record Traffic(long packets, long bytes, long nanos) {
        Traffic since(Traffic before) {
            return new Traffic(packets - before.packets, bytes - before.bytes, nanos - before.nanos);
        }
    }

    private record PerRequest(double packets, double bytes) {
        PerRequest less(PerRequest other) {
            return new PerRequest(packets - other.packets, bytes - other.bytes);
        }

        @Override
        public String toString() {
            // What the noise of counting leaves of nothing.
            return String.format(Locale.ROOT, "%.1f | %,.0f", Math.max(0, packets), Math.max(0, bytes));
        }
    }

    private record Figures(PerRequest read, PerRequest change, long heapPerSession) {}

    private static int[] numbers(String property, String usually) {
        return Arrays.stream(System.getProperty(property, usually).split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    @Override
    public String name() {
        return "peers";
    }

    @Override
    public String measure() throws IOException {
        StringBuilder section = new StringBuilder();
        Path directory = OwnDirectory.create("holdfast-bench-");
        try {
            for (int kilobytes : SIZES) {
                section.append(String.format(Locale.ROOT, """
                        Sessions of %d KB:

                        | members | | a session at | packets, read | bytes, read | packets, change | bytes, change | heap per session and node |
                        |---|---|---|---|---|---|---|---|
                        """, kilobytes));
                for (int members : MEMBERS) {
                    Figures alone = figures(alone(members), kilobytes, directory);
                    append(section, members, alone(members), alone, alone);
                    for (Contender each : contenders(members)) {
                        if (ONLY.matcher(each.name).find()) {
                            append(section, members, each, figures(each, kilobytes, directory), alone);
                        }
                    }
                }
                section.append('\n');
            }
        } finally {
            OwnDirectory.delete(directory);
        }
        return section
                + "Made by `bin/bench peers`: one user, who sends " + CLICKS + " requests for " + SESSIONS
                + " sessions in turn, each request of a session to the next node, or all of them to one; packets and bytes of the nodes among themselves for one request, with TCP's and IP's headers and acknowledgements, less what they say when idle;"
                + " heap after a collection, with " + SESSIONS_IN_MEMORY
                + " sessions more, divided by these and by nodes; Tomcat "
                + Provenance.version("tomcat") + "; " + Provenance.ofThisRun() + "\n";
    }

    private static void append(StringBuilder section, int members, Contender contender, Figures its, Figures alone) {
        String row = String.format(
                Locale.ROOT,
                "| %d | %s | %s | %s | %s | %,d |%n",
                members,
                contender.name,
                contender.keeps ? "one" : "each",
                its.read.less(alone.read),
                its.change.less(alone.change),
                its.heapPerSession);
        System.err.print(row);
        section.append(row);
    }

    private static Contender alone(int members) {
        List<List<String>> nodes = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            nodes.add(List.of(NODE + "BenchNode$Unreplicated"));
        }
        return new Contender("no replication", true, nodes);
    }

    private static List<Contender> contenders(int members) {
        List<Contender> all = new ArrayList<>();
        all.add(peers("Holdfast, peers", false, members, List.of()));
        all.add(peers("Holdfast, peers, `peer.replicas=all`", false, members, List.of("peer.replicas=all")));
        all.add(tribes("DeltaManager", false, members));
        all.add(tribes("BackupManager", false, members));
        all.add(peers("Holdfast, peers, `mode=sticky`", true, members, List.of("mode=sticky")));
        all.add(tribes("DeltaManager", true, members));
        return all;
    }

    private static Contender tribes(String manager, boolean keeps, int members) {
        List<List<String>> nodes = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            nodes.add(List.of(
                    NODE + "TribesSessions", manager.equals("DeltaManager") ? "delta" : "backup", MULTICAST_PORT));
        }
        return new Contender(manager + ", synchronous", keeps, nodes);
    }

    private static Contender peers(String name, boolean keeps, int members, List<String> more) {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < members; i++) {
            list.append(i == 0 ? "" : ",").append("127.0.0.1:").append(FIRST_PORT + i);
        }
        List<List<String>> nodes = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            List<String> node = new ArrayList<>(List.of(
                    NODE + "FilterSessions",
                    "dev.holdfast.filter.SessionFilter",
                    "application=bench",
                    "store=peer://" + list,
                    "peer.bind=127.0.0.1",
                    "peer.port=" + (FIRST_PORT + i),
                    "peer.join-timeout=1s"));
            node.addAll(more);
            nodes.add(node);
        }
        return new Contender(name, keeps, nodes);
    }

    private static Figures figures(Contender contender, int kilobytes, Path directory) throws IOException {
        String network = "hfb" + Integer.toString(ThreadLocalRandom.current().nextInt(1_000_000), 36);
        run("ip", "netns", "add", network);
        List<Process> processes = new ArrayList<>();
        try {
            run("ip", "-n", network, "link", "set", "lo", "multicast", "on", "up");
            run("ip", "-n", network, "route", "add", "224.0.0.0/4", "dev", "lo");
            List<String> ports = new ArrayList<>();
            List<Process> nodes = new ArrayList<>();
            for (List<String> arguments : contender.nodes) {
                String name = "node" + nodes.size();
                List<String> command = java(network, BenchNode.class.getName());
                command.add(arguments.get(0));
                command.add(directory.resolve(network + name).toString());
                command.addAll(arguments.subList(1, arguments.size()));
                Process node = start(command, directory.resolve(network + name + ".log"));
                processes.add(node);
                nodes.add(node);
                ports.add(await(node, "ready ").substring("ready ".length()));
            }
            List<String> command = java(network, Clicks.class.getName());
            command.add(contender.keeps ? "keep" : "turn");
            command.addAll(ports);
            Process clicks = start(command, directory.resolve(network + "clicks.log"));
            processes.add(clicks);
            // Clusters find themselves.
            LockSupport.parkNanos(IDLE_NANOS);
            click(clicks, "/new?kb=" + kilobytes, SESSIONS, SESSIONS);
            click(clicks, "/read", 500, SESSIONS);
            click(clicks, "/change", 500, SESSIONS);
            Traffic begin = traffic(network);
            LockSupport.parkNanos(IDLE_NANOS);
            Traffic idle = traffic(network).since(begin);
            PerRequest read = perRequest(network, clicks, "/read", idle);
            PerRequest change = perRequest(network, clicks, "/change", idle);
            long before = heap(nodes);
            click(clicks, "/new?kb=" + kilobytes, SESSIONS_IN_MEMORY, SESSIONS_IN_MEMORY);
            long heap = (heap(nodes) - before) / SESSIONS_IN_MEMORY / nodes.size();
            return new Figures(read, change, heap);
        } finally {
            processes.forEach(Process::destroyForcibly);
            processes.forEach(process -> process.onExit().join());
            run("ip", "netns", "del", network);
        }
    }

    private static List<String> java(String network, String main) {
        String own = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", network));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(NodeJvm.FLAGS);
        // Tomcat's cluster cannot send to a multicast address that it has bound to, else.
        command.addAll(List.of("-Djava.net.preferIPv4Stack=true", "-cp"));
        command.add(Path.of(TRIBES_LIB).toAbsolutePath() + File.pathSeparator + own);
        command.add(main);
        return command;
    }

    private static Process start(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command).redirectError(log.toFile()).start();
    }

    private static String await(Process process, String beginning) throws IOException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw new IOException("a process has ended before it said " + beginning);
    }

    private static void click(Process clicks, String path, int count, int sessions) throws IOException {
        BufferedWriter in = clicks.outputWriter(StandardCharsets.UTF_8);
        in.write(path + " " + count + " " + sessions + "\n");
        in.flush();
        await(clicks, "done");
    }

    private static PerRequest perRequest(String network, Process clicks, String path, Traffic idle) throws IOException {
        Traffic before = traffic(network);
        click(clicks, path, CLICKS, SESSIONS);
        Traffic its = traffic(network).since(before);
        double share = (double) its.nanos / idle.nanos;
        return new PerRequest((its.packets - share * idle.packets) / CLICKS, (its.bytes - share * idle.bytes) / CLICKS);
    }

    private static Traffic traffic(String network) throws IOException {
        String[] counts = run(
                        "ip",
                        "netns",
                        "exec",
                        network,
                        "cat",
                        "/sys/class/net/lo/statistics/tx_packets",
                        "/sys/class/net/lo/statistics/tx_bytes")
                .split("\\s+");
        return new Traffic(Long.parseLong(counts[0]), Long.parseLong(counts[1]), System.nanoTime());
    }

    /** Of all nodes, after a collection. */
    private static long heap(List<Process> nodes) throws IOException {
        long all = 0;
        for (Process node : nodes) {
            String jcmd =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            // Of living objects: it collects first. Twice, for what only finalizers or references held.
            run(jcmd, Long.toString(node.pid()), "GC.run");
            String histogram = run(jcmd, Long.toString(node.pid()), "GC.class_histogram");
            String total = histogram.substring(histogram.lastIndexOf("Total"));
            all += Long.parseLong(total.strip().split("\\s+")[2]);
        }
        return all;
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            output = String.join("\n", out.lines().toList());
        }
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output.strip();
    }
}
