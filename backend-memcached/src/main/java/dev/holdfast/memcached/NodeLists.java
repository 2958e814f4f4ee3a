package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that another application server was given another list of nodes, and so looks for sessions elsewhere. Each keeps its
 * list in a small item on every node, beside the others' and the time when it did; each reads what the others keep. A thread
 * of its own does that now and then.
 *
 * <p>Servers whose lists have no node in common cannot notice each other.
 */
final class NodeLists implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MemcachedStore.class);

    private static final long ROUND_SECONDS = 15;

    /** How old an entry may become before it is written again, and when it is no server's any more. */
    private static final long RENEWED_SECONDS = 60;

    private static final long OLD_SECONDS = 3 * RENEWED_SECONDS;

    private static final int EXPIRY_SECONDS = 600;
    private static final int MOST_ENTRIES = 16;
    private static final int MOST_BYTES = 64 * 1024;
    private static final int TRIES = 5;

    private static final String LIST = "[A-Za-z0-9._:%@/,\\[\\]-]{0,4000}";
    private static final Pattern ENTRY = Pattern.compile(
            "(?<seconds>[0-9]{1,12}) (?<list>nodes=(?<nodes>" + LIST + ") previous=(?<previous>" + LIST + "))");

    private final Collection<Node> nodes;
    private final String key;
    private final String application;
    private final Entry mine;
    private final TimeSource time;
    private final Consumer<String> warn;
    private final ScheduledThreadPoolExecutor thread;

    /** Only for the thread that makes rounds. */
    private final Set<Entry> told = new HashSet<>();

    /** What one server, or several alike, were given. */
    private record Entry(String nodes, String previous) {

        /** Whether each of both servers looks where the other writes: they have the same list, or one is moving from the other's. */
        boolean goesWith(Entry other) {
            return nodes.equals(other.nodes) || nodes.equals(other.previous) || previous.equals(other.nodes);
        }

        String text() {
            return "nodes=" + nodes + " previous=" + previous;
        }

        @Override
        public String toString() {
            return nodes + (previous.isEmpty() ? "" : ", moving from " + previous);
        }
    }

    private NodeLists(
            Collection<Node> nodes,
            MemcachedSettings settings,
            String application,
            TimeSource time,
            Consumer<String> warn) {
        this.nodes = nodes;
        this.application = application;
        // No session's: what follows the application there has no dots.
        this.key = "hf:" + application + ":.lists";
        this.mine =
                new Entry(list(settings.nodes(), settings.zones()), list(settings.previousNodes(), settings.zones()));
        this.time = time;
        this.warn = warn;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "holdfast-memcached-lists-" + application);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Makes the first round at once, in the background. */
    static NodeLists watch(Collection<Node> nodes, MemcachedSettings settings, String application, TimeSource time) {
        NodeLists lists = new NodeLists(nodes, settings, application, time, LOG::warn);
        var ignored = lists.thread.scheduleWithFixedDelay(lists::round, 0, ROUND_SECONDS, TimeUnit.SECONDS);
        return lists;
    }

    /** Makes rounds only when it is told to. */
    static NodeLists idle(
            Collection<Node> nodes,
            MemcachedSettings settings,
            String application,
            TimeSource time,
            Consumer<String> warn) {
        return new NodeLists(nodes, settings, application, time, warn);
    }

    /** What decides the homes of sessions, in one form however it was written. */
    private static String list(Collection<NodeAddress> nodes, Map<String, String> zones) {
        return nodes.stream()
                .map(node ->
                        node.name() + "@" + zones.getOrDefault(node.name(), "").replace(' ', '/'))
                .sorted()
                .reduce((one, other) -> one + "," + other)
                .orElse("");
    }

    /** Reads and writes the item on each node that can be reached. */
    void round() {
        for (Node node : nodes) {
            try {
                if (node.isUp()) {
                    compare(node);
                }
            } catch (StoreException e) {
                // It is told that the node is down; the next round comes.
                LOG.debug("{}: {}", node, e.getMessage());
            } catch (RuntimeException e) {
                LOG.warn("memcached: could not compare the lists of nodes", e);
            }
        }
    }

    private void compare(Node node) {
        for (int tries = 0; tries < TRIES; tries++) {
            long now = TimeUnit.MILLISECONDS.toSeconds(time.wallMillis());
            Node.Item item = node.get(key);
            Map<String, Long> entries = item == null ? new TreeMap<>() : fresh(item.value(), now);
            Long seen = entries.get(mine.text());
            if (seen != null && now - seen < RENEWED_SECONDS) {
                return;
            }
            entries.put(mine.text(), now);
            StringBuilder text = new StringBuilder();
            entries.forEach((list, seconds) ->
                    text.append(seconds).append(' ').append(list).append('\n'));
            byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
            Node.Token written = item == null
                    ? node.add(key, bytes, EXPIRY_SECONDS)
                    : node.replace(key, item.token(), bytes, EXPIRY_SECONDS);
            if (written != null) {
                return;
            }
        }
    }

    /** What others keep there, by the time when they did; those that do not go with ours are told. */
    private Map<String, Long> fresh(byte[] value, long now) {
        Map<String, Long> entries = new TreeMap<>();
        if (value.length > MOST_BYTES) {
            return entries;
        }
        for (String line : new String(value, StandardCharsets.US_ASCII).split("\n", -1)) {
            Matcher matcher = ENTRY.matcher(line);
            if (!matcher.matches() || entries.size() == MOST_ENTRIES) {
                continue;
            }
            long seconds = Long.parseLong(matcher.group("seconds"));
            if (Math.abs(now - seconds) < OLD_SECONDS) {
                entries.put(matcher.group("list"), seconds);
                Entry entry = new Entry(matcher.group("nodes"), matcher.group("previous"));
                if (!entry.goesWith(mine) && told.size() < MOST_ENTRIES && told.add(entry)) {
                    warn.accept("memcached: another server of application '" + application
                            + "' has other nodes, and looks for sessions elsewhere: there " + shown(entry) + "; here "
                            + shown(mine)
                            + ". Give all servers the same store and memcached.zones; while a list is being"
                            + " replaced, name the old one in memcached.previous-nodes (docs/stores/memcached.md)");
                }
            }
        }
        return entries;
    }

    private static String shown(Entry entry) {
        String text = entry.toString();
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            boolean ignored = thread.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
