package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three nodes, of three containers, behind each real balancer of docs/operations.md, with the configuration that stands there. Each node
 * is killed and started again, then taken out and put back, while users click.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("clusters")
@TestInstance(Lifecycle.PER_CLASS)
@Tag("beyond")
class BalancersIT {

    private static final List<Container> CONTAINERS =
            List.of(Container.TOMCAT10, Container.JETTY_EE10, Container.TOMCAT11);

    /** Nodes that share a store, and what stands before them. */
    record Cluster(Mode mode, String store, List<Balancing> balancings) {
        @Override
        public String toString() {
            return mode.setting() + " × " + store;
        }
    }

    @Parameter
    private Cluster cluster;

    private Cell cell;
    private final List<NodeProcess> nodes = new ArrayList<>();

    static Stream<Cluster> clusters() {
        if (!Cells.isAll()) {
            return Stream.of(
                    new Cluster(Mode.STICKY, Cells.REDIS, List.of(Balancing.NGINX_ID, Balancing.HAPROXY_PREFIX)));
        }
        List<Balancing> alternating = List.of(Balancing.NGINX_ROUND_ROBIN, Balancing.HAPROXY_ROUND_ROBIN);
        List<Balancing> keeping = List.of(Balancing.NGINX_ID, Balancing.HAPROXY_COOKIE);
        return Stream.of(
                new Cluster(Mode.STICKY, Cells.REDIS, List.of(Balancing.values())),
                new Cluster(Mode.STICKY, Cells.MEMCACHED, keeping),
                new Cluster(Mode.STICKY, "peer", keeping),
                new Cluster(Mode.SHARED, Cells.REDIS, alternating),
                new Cluster(Mode.SHARED, Cells.MEMCACHED, alternating),
                new Cluster(Mode.SHARED, "peer", alternating));
    }

    @BeforeParameterizedClassInvocation
    void start(Cluster started) {
        cell = new Cell(Container.TOMCAT10, started.store(), started.mode());
        List<NodeProcess.Starting> starting = new ArrayList<>();
        for (int i = 0; i < CONTAINERS.size(); i++) {
            starting.add(NodeProcess.launch(CONTAINERS.get(i), options(i)));
        }
        starting.forEach(node -> nodes.add(node.awaitReady()));
    }

    private NodeOptions options(int node) {
        return cell.options("balanced-" + (node + 1))
                .route("app" + (node + 1))
                .property("holdfast.touch-interval", "1m");
    }

    @AfterParameterizedClassInvocation
    void stop() {
        nodes.forEach(NodeProcess::close);
        nodes.clear();
    }

    List<Balancing> balancings() {
        return cluster.balancings();
    }

    @ParameterizedTest
    @MethodSource("balancings")
    void nobodyNoticesThatNodesDieAndComeBackOneAfterTheOther(Balancing balancing) throws Exception {
        try (Balancer balancer =
                        balancing.before(nodes.stream().map(NodeProcess::port).toList());
                ClickingUsers users = new ClickingUsers(cluster + ", " + balancing, balancer, cluster.mode())) {
            users.clicked("all run");
            for (int i = 0; i < nodes.size(); i++) {
                balancer.takeOut(i);
                users.clicked("node " + (i + 1) + " was taken out");
                // where it is put back, it has old copies of those who come back to it
                balancer.putBack(i);
                users.clicked("node " + (i + 1) + " was put back");
            }
            for (int i = 0; i < nodes.size(); i++) {
                NodeProcess node = nodes.get(i);
                node.kill();
                users.clicked("node " + (i + 1) + " was killed");
                nodes.set(i, NodeProcess.start(node.container(), options(i).port(node.port())));
                settle();
                users.clicked("node " + (i + 1) + " was started again");
            }
            users.finish();
            assertThat(users.moves() > 0).as("moves").isEqualTo(cluster.mode() == Mode.STICKY);
        }
    }

    /** Nodes that hold the sessions themselves need their copies again before the next one may die. */
    private void settle() {
        if (cluster.store().equals("peer")) {
            Control.pause(Duration.ofSeconds(10));
        }
    }
}
