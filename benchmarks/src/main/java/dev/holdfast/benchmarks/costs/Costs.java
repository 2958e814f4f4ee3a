package dev.holdfast.benchmarks.costs;

import com.sun.management.ThreadMXBean;
import dev.holdfast.benchmarks.bare.BareApplication;
import dev.holdfast.benchmarks.bare.Texts;
import dev.holdfast.benchmarks.stores.StoreServers;
import dev.holdfast.spi.servers.Ports;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpSession;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/**
 * Counts what requests cost with each store. Only on a JVM that compiles with C1 alone ({@code -XX:TieredStopAtLevel=1}) are
 * allocations the same in each run: C2 leaves out some, as it sees fit.
 */
final class Costs implements AutoCloseable {

    private static final int WARM_UP = 300;

    /** Even, so that two nodes are asked equally often. */
    private static final int REQUESTS = 100;

    /** The least of them counts: now and then the background work of a second falls into one. */
    private static final int BATCHES = 4;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final StoreServers stores = new StoreServers();
    private final Map<String, Cost> costs = new TreeMap<>();

    /** What the servers count when they are asked for their counts. */
    private Cost.Count counting = new Cost.Count(0, 0, 0);

    /** What the application does. */
    private interface Action {
        void with(HttpSession session, int number);
    }

    /** By what was done: {@code redis shared, change 1 of 10 KB}. */
    Map<String, Cost> measure() throws Exception {
        Cost.Count first = now();
        Cost.Count second = now();
        counting = new Cost.Count(second.calls() - first.calls(), second.bytes() - first.bytes(), 0);
        measure("local sticky", List.of(Map.of("store", "local", "mode", "sticky", "route", "n1")));
        measure("local shared", List.of(Map.of("store", "local")));
        measure("redis sticky", List.of(Map.of("store", stores.redis(), "mode", "sticky", "route", "n1")));
        measure("redis shared", List.of(Map.of("store", stores.redis())));
        measure("redis in turn", List.of(Map.of("store", stores.redis()), Map.of("store", stores.redis())));
        String memcached = "memcached://" + stores.memcached();
        String zones = "n1=left,n2=right";
        measure(
                "memcached sticky",
                List.of(Map.of("store", memcached, "memcached.zones", zones, "mode", "sticky", "route", "n1")));
        measure("memcached shared", List.of(Map.of("store", memcached, "memcached.zones", zones)));
        int firstPort = Ports.free(false);
        int secondPort = Ports.free(false);
        String list = "peer://127.0.0.1:" + firstPort + ",127.0.0.1:" + secondPort;
        measure(
                "peers shared",
                List.of(
                        Map.of("store", list, "peer.bind", "127.0.0.1", "peer.port", "" + firstPort),
                        Map.of("store", list, "peer.bind", "127.0.0.1", "peer.port", "" + secondPort)));
        return costs;
    }

    /** All nodes are asked in turn, for peers that own a session answer without a call. */
    private void measure(String title, List<Map<String, String>> nodes) throws Exception {
        List<BareApplication> applications = new ArrayList<>();
        try {
            for (Map<String, String> settings : nodes) {
                applications.add(new BareApplication("n" + applications.size(), settings));
            }
            for (int kilobytes : new int[] {1, 10}) {
                measure(title, applications, kilobytes);
            }
        } finally {
            for (BareApplication application : applications) {
                application.close();
            }
        }
    }

    private void measure(String title, List<BareApplication> applications, int kilobytes) throws Exception {
        String size = kilobytes + " KB";
        Map<String, Object> attributes = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            attributes.put("text" + i, Texts.text(i, 100 * kilobytes));
        }
        attributes.put("counters", new int[] {1});
        int length = 100 * kilobytes;
        count(title + ", no use of " + size, applications, attributes, (session, number) -> {}, false);
        count(
                title + ", read 2 of " + size,
                applications,
                attributes,
                (session, number) -> {
                    session.getAttribute("text1");
                    session.getAttribute("text2");
                },
                true);
        count(
                title + ", change 1 of " + size,
                applications,
                attributes,
                (session, number) -> session.setAttribute("text1", Texts.text(number, length)),
                true);
        count(
                title + ", change in place in " + size,
                applications,
                attributes,
                (session, number) -> ((int[]) session.getAttribute("counters"))[0] = number,
                true);
        if (applications.size() == 1) {
            // With peers it depends on which of them the id, which is random, makes the owner.
            countNew(title + ", new with " + size, applications.get(0), attributes);
        }
    }

    private void count(
            String what, List<BareApplication> nodes, Map<String, Object> attributes, Action action, boolean use)
            throws Exception {
        BareApplication.Client made = nodes.get(0).login(attributes);
        List<BareApplication.Client> clients = new ArrayList<>();
        for (BareApplication node : nodes) {
            clients.add(node.at(made));
        }
        FilterChain nothing = (request, response) -> {};
        put(what, number -> {
            int node = number % nodes.size();
            if (use) {
                nodes.get(node).serve(clients.get(node), (HttpSession session) -> action.with(session, number));
            } else {
                nodes.get(node).serve(clients.get(node), nothing);
            }
        });
    }

    private void countNew(String what, BareApplication node, Map<String, Object> attributes) throws Exception {
        put(what, number -> node.login(attributes));
    }

    private interface NumberedRequest {
        void send(int number) throws Exception;
    }

    private void put(String what, NumberedRequest request) throws Exception {
        int number = 0;
        while (number < WARM_UP) {
            request.send(number++);
        }
        for (int batch = 0; batch < BATCHES; batch++) {
            Cost.Count before = now();
            for (int i = 0; i < REQUESTS; i++) {
                request.send(number++);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            costs.merge(what, Cost.of(before, now().withAllocated(allocated).without(counting), REQUESTS), Cost::least);
        }
    }

    /** The allocations last: what counting itself takes is none of theirs. */
    private Cost.Count now() throws JMException {
        StoreServers.Use use = stores.use();
        return new Cost.Count(use.commands(), use.bytes() + sentByPeers(), THREADS.getCurrentThreadAllocatedBytes());
    }

    private static long sentByPeers() throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        long bytes = 0;
        for (ObjectName store : beans.queryNames(new ObjectName("dev.holdfast:type=Store,*"), null)) {
            TabularData figures = (TabularData) beans.getAttribute(store, "Figures");
            CompositeData sent = figures.get(new Object[] {"bytesSent"});
            bytes += sent == null ? 0 : (Long) sent.get("value");
        }
        return bytes;
    }

    @Override
    public void close() {
        stores.close();
    }
}
