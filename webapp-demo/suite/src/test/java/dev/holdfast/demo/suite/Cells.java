package dev.holdfast.demo.suite;

import dev.holdfast.demo.launcher.Container;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Which cells this run of the suite has. */
final class Cells {

    /** In place of a store: the container's own sessions. */
    static final String NATIVE = "native";

    static final String REDIS = "redis";

    static final String MEMCACHED = "memcached";

    private static final List<Cell> ALL = choose();

    private Cells() {}

    /** For {@code @MethodSource}. */
    static Stream<Cell> all() {
        return ALL.stream();
    }

    /** Each container once, with the first of its stores: for tests that start nodes of their own. */
    static Stream<Cell> containers() {
        return ALL.stream()
                .filter(cell -> ALL.stream()
                        .filter(other -> other.container() == cell.container())
                        .findFirst()
                        .orElseThrow()
                        .equals(cell));
    }

    private static List<Cell> choose() {
        String containers = System.getProperty("holdfast.containers", "");
        String stores = System.getProperty("holdfast.stores", "");
        List<Cell> cells = new ArrayList<>();
        if (Boolean.getBoolean("holdfast.suite.control")) {
            containers(containers).forEach(container -> cells.add(new Cell(container, NATIVE)));
        } else if (!containers.isEmpty()
                || !stores.isEmpty()
                || System.getProperty("holdfast.suite", "").equals("all")) {
            for (Container container : containers(containers)) {
                for (String store :
                        stores.isEmpty() ? List.of("local", "peer", REDIS, MEMCACHED) : List.of(stores.split(","))) {
                    cells.add(new Cell(container, store));
                }
            }
        } else {
            containers("").forEach(container -> cells.add(new Cell(container, "local")));
            cells.add(new Cell(Container.TOMCAT10, "peer"));
            cells.add(new Cell(Container.TOMCAT10, REDIS));
            cells.add(new Cell(Container.TOMCAT10, MEMCACHED));
        }
        return cells;
    }

    private static List<Container> containers(String ids) {
        return ids.isEmpty()
                ? List.of(Container.values())
                : Arrays.stream(ids.split(",")).map(Container::of).toList();
    }
}
