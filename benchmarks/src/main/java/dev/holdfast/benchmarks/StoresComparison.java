package dev.holdfast.benchmarks;

import dev.holdfast.benchmarks.stores.StoreServers;
import dev.holdfast.benchmarks.stores.StoreWork;
import dev.holdfast.benchmarks.stores.StoreWork.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Loads and saves of each store beside bare clients that move as many bytes. */
final class StoresComparison implements Comparison {

    /** What is measured in one row. */
    private record Cell(String store, int kilobytes, Operation operation) {

        /** How large it is does not matter to a load that finds nothing new, but with memcached, which reads it all the same. */
        boolean isOfInterest() {
            return operation != Operation.UNCHANGED || kilobytes == 1 || store.equals("memcached");
        }

        boolean hasBareClient() {
            return !store.equals("peers") || operation == Operation.SAVE || operation == Operation.CREATE;
        }
    }

    @Override
    public String name() {
        return "stores";
    }

    @Override
    public String measure() throws Exception {
        StringBuilder table = new StringBuilder("""
                | store | KB | | threads | µs | bare client's | ratio | garbage, bytes | bare client's | bytes moved | bare client's |
                |---|---|---|---|---|---|---|---|---|---|---|
                """);
        try (StoreServers servers = new StoreServers()) {
            for (Cell cell : cells()) {
                double moved = moved(servers, cell, false);
                double bareMoved = cell.hasBareClient() ? moved(servers, cell, true) : 0;
                for (int threads : new int[] {1, 16}) {
                    row(table, cell, threads, results(servers, cell, threads), moved, bareMoved);
                }
                servers.flush();
            }
        }
        return table + "\n" + JmhResults.madeBy(name()) + "; " + Provenance.ofThisRun() + "\n";
    }

    private static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (String store : new String[] {"redis", "memcached", "peers"}) {
            for (Operation operation : Operation.values()) {
                for (int kilobytes : new int[] {1, 10}) {
                    Cell cell = new Cell(store, kilobytes, operation);
                    if (cell.isOfInterest()) {
                        cells.add(cell);
                    }
                }
            }
        }
        return cells;
    }

    private static JmhResults results(StoreServers servers, Cell cell, int threads) throws Exception {
        return JmhResults.run(
                StoresBenchmark.class,
                threads,
                Map.of(
                        "store",
                        List.of(cell.store()),
                        "kilobytes",
                        List.of(Integer.toString(cell.kilobytes())),
                        "operation",
                        List.of(cell.operation().name()),
                        "bare",
                        cell.hasBareClient() ? List.of("false", "true") : List.of("false")),
                servers.addresses().asSystemProperties());
    }

    /** Bytes for one of them. */
    private static double moved(StoreServers servers, Cell cell, boolean bare) throws Exception {
        int count = 200;
        try (StoreWork work = StoreWork.of(cell.store(), bare, servers.addresses());
                StoreWork.User user = work.user(new Random(), cell.kilobytes())) {
            user.act(cell.hasBareClient() ? cell.operation() : Operation.SAVE);
            long before = servers.use().bytes() + work.bytesSent();
            for (int i = 0; i < count; i++) {
                user.act(cell.operation());
            }
            return (double) (servers.use().bytes() + work.bytesSent() - before) / count;
        }
    }

    private static void row(
            StringBuilder table, Cell cell, int threads, JmhResults results, double moved, double bareMoved) {
        JmhResults.Figures ours = results.of("act", "bare", "false");
        String format = "| %s | %d | %s | %d | %.1f |";
        table.append(String.format(
                Locale.ROOT,
                format,
                cell.store(),
                cell.kilobytes(),
                cell.operation().title(),
                threads,
                ours.time()));
        if (!cell.hasBareClient()) {
            table.append(String.format(Locale.ROOT, " | | %,.0f | | %,.0f | |%n", ours.allocated(), moved));
            return;
        }
        JmhResults.Figures bare = results.of("act", "bare", "true");
        table.append(String.format(
                Locale.ROOT,
                " %.1f | %.2f | %,.0f | %,.0f | %,.0f | %,.0f |%n",
                bare.time(),
                ours.time() / bare.time(),
                ours.allocated(),
                bare.allocated(),
                moved,
                bareMoved));
    }
}
