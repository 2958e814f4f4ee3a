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

    static final String PEER = "peer";

    /** Three nodes: of each session one of them has no copy. */
    static final String PEER_3 = "peer-3";

    /** Three nodes, and all have all sessions. */
    static final String PEER_ALL = "peer-all";

    static final String REDIS = "redis";

    static final String MEMCACHED = "memcached";

    private static final List<Cell> ALL = choose();

    private Cells() {}

    /** For {@code @MethodSource}. */
    static Stream<Cell> all() {
        return ALL.stream();
    }

    /**
     * Each container once, in a whole run once in each mode, with the first of its stores: for tests that start nodes of their own.
     */
    static Stream<Cell> containers() {
        return ALL.stream()
                .filter(cell -> ALL.stream()
                        .filter(other ->
                                other.container() == cell.container() && (!isChosen() || other.mode() == cell.mode()))
                        .findFirst()
                        .orElseThrow()
                        .equals(cell));
    }

    /** Each container in each mode, with a store that is one JVM's own. */
    static Stream<Cell> containersInEachMode() {
        return ALL.stream()
                .map(Cell::container)
                .distinct()
                .flatMap(container -> Stream.of(Mode.values()).map(mode -> new Cell(container, "local", mode)));
    }

    private static boolean isChosen() {
        return isAll()
                || Stream.of("containers", "stores", "modes")
                        .anyMatch(what ->
                                !System.getProperty("holdfast." + what, "").isEmpty());
    }

    /** Whether everything is to be run. */
    static boolean isAll() {
        return System.getProperty("holdfast.suite", "").equals("all");
    }

    private static List<Cell> choose() {
        String containers = System.getProperty("holdfast.containers", "");
        String stores = System.getProperty("holdfast.stores", "");
        // not called as the setting is, which the filter would find among the properties of this JVM, too
        String modes = System.getProperty("holdfast.modes", "");
        List<Cell> cells = new ArrayList<>();
        if (Boolean.getBoolean("holdfast.suite.control")) {
            containers(containers).forEach(container -> cells.add(new Cell(container, NATIVE)));
        } else if (isChosen()) {
            for (Mode mode : modes(modes)) {
                for (Container container : containers(containers)) {
                    for (String store :
                            stores.isEmpty() ? List.of("local", PEER, REDIS, MEMCACHED) : List.of(stores.split(","))) {
                        cells.add(new Cell(container, store, mode));
                    }
                }
            }
            if (isAll() && containers.isEmpty() && stores.isEmpty()) {
                cells.add(new Cell(Container.TOMCAT10, PEER_3));
                cells.add(new Cell(Container.TOMCAT10, PEER_ALL));
            }
        } else {
            containers("").forEach(container -> cells.add(new Cell(container, "local")));
            cells.add(new Cell(Container.TOMCAT10, PEER));
            cells.add(new Cell(Container.TOMCAT10, REDIS));
            cells.add(new Cell(Container.TOMCAT10, MEMCACHED));
            cells.add(new Cell(Container.TOMCAT11, REDIS, Mode.STICKY));
        }
        return cells;
    }

    private static List<Mode> modes(String settings) {
        return settings.isEmpty()
                ? List.of(Mode.values())
                : Arrays.stream(settings.split(",")).map(Mode::of).toList();
    }

    private static List<Container> containers(String ids) {
        return ids.isEmpty()
                ? List.of(Container.values())
                : Arrays.stream(ids.split(",")).map(Container::of).toList();
    }
}
