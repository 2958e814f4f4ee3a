package dev.holdfast.spi.scale;

import dev.holdfast.spi.SessionKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * How evenly a store spreads copies of sessions over its nodes, and how many of them it moves when one comes or goes. Shares are
 * of all copies.
 *
 * @param fullest copies of the fullest node, as a multiple of the mean
 * @param emptiest of the emptiest one
 * @param joinMoved copies that are somewhere else when there is one node more
 * @param joinLeast what the newcomer's even share would be
 * @param leaveMoved when there is one node less
 * @param leaveLeast what that node had
 */
public record Placement(
        int nodes,
        int sessions,
        double fullest,
        double emptiest,
        double joinMoved,
        double joinLeast,
        double leaveMoved,
        double leaveLeast) {

    /** How many sessions tests count with: {@code -Dholdfast.test.placement.sessions}. */
    public static final int SESSIONS = Integer.getInteger("holdfast.test.placement.sessions", 20_000);

    private static final int MOST_NODES = SESSIONS >= 200_000 ? 1_000 : 100;

    /** 10, 100, 1,000, as far as there are sessions enough to tell their placement from chance. */
    public static int[] clusterSizes() {
        return IntStream.of(10, 100, 1_000).filter(size -> size <= MOST_NODES).toArray();
    }

    /** Which nodes have a session, by their numbers. Thread-safe. */
    public interface Homes {
        int[] of(SessionKey key);
    }

    /**
     * Counts where nodes go by their numbers.
     *
     * @param store the homes when there are these nodes: 0 to nodes - 1, then one more, then all but 0
     */
    public static Placement of(int nodes, Function<List<Integer>, Homes> store) {
        List<Integer> all = IntStream.rangeClosed(0, nodes).boxed().toList();
        return of(nodes, store.apply(all.subList(0, nodes)), store.apply(all), store.apply(all.subList(1, nodes)));
    }

    /**
     * Counts.
     *
     * @param now nodes are 0 to nodes - 1
     * @param withOneMore so are they, and one that has this number
     * @param withOneLess node 0 is none of them
     */
    public static Placement of(int nodes, Homes now, Homes withOneMore, Homes withOneLess) {
        List<SessionKey> keys = keys();
        // Each: copies of each node, then all, those of a join, those of a leave.
        long[] counts = keys.parallelStream()
                .map(key -> count(nodes, now.of(key), withOneMore.of(key), withOneLess.of(key)))
                .collect(() -> new long[nodes + 3], Placement::add, Placement::add);
        double copies = counts[nodes];
        long[] ofNodes = Arrays.copyOf(counts, nodes);
        return new Placement(
                nodes,
                keys.size(),
                Arrays.stream(ofNodes).max().orElseThrow() * nodes / copies,
                Arrays.stream(ofNodes).min().orElseThrow() * nodes / copies,
                counts[nodes + 1] / copies,
                1.0 / (nodes + 1),
                counts[nodes + 2] / copies,
                counts[0] / copies);
    }

    private static long[] count(int nodes, int[] now, int[] withOneMore, int[] withOneLess) {
        long[] counts = new long[nodes + 3];
        for (int node : now) {
            counts[node]++;
        }
        counts[nodes] = now.length;
        counts[nodes + 1] = news(withOneMore, now);
        counts[nodes + 2] = news(withOneLess, now);
        return counts;
    }

    private static long news(int[] after, int[] before) {
        return Arrays.stream(after)
                .filter(node -> Arrays.stream(before).noneMatch(other -> other == node))
                .count();
    }

    private static void add(long[] sums, long[] more) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += more[i];
        }
    }

    /** As the filter's: 160 bits in 27 characters. The same each time. */
    private static List<SessionKey> keys() {
        Random random = new Random(1);
        List<SessionKey> keys = new ArrayList<>();
        byte[] id = new byte[20];
        for (int i = 0; i < SESSIONS; i++) {
            random.nextBytes(id);
            keys.add(new SessionKey(
                    "shop", Base64.getUrlEncoder().withoutPadding().encodeToString(id)));
        }
        return keys;
    }

    /** A row of a table in Markdown, for who runs the test to print. */
    public String row(String store) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %.3f | %.3f | %.3f %% | %.3f %% | %.3f %% | %.3f %% |",
                store,
                nodes,
                sessions,
                fullest,
                emptiest,
                100 * joinMoved,
                100 * joinLeast,
                100 * leaveMoved,
                100 * leaveLeast);
    }
}
