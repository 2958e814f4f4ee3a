package dev.holdfast.demo.suite.frameworks;

import dev.holdfast.demo.launcher.Container;
import java.util.List;
import java.util.stream.Stream;

/** Where an application runs: on two nodes of different containers, with this kind of store. */
record Place(Container first, Container second, String store) {

    static final String REDIS = "redis";
    static final String MEMCACHED = "memcached";
    static final String PEER = "peer";

    /** One, or in a whole run each container with each store. */
    static Stream<Place> all() {
        if (!System.getProperty("holdfast.suite", "").equals("all")) {
            return Stream.of(new Place(Container.TOMCAT10, Container.JETTY_EE11, REDIS));
        }
        return Stream.of(REDIS, MEMCACHED, PEER)
                .flatMap(store -> Stream.of(
                        new Place(Container.TOMCAT10, Container.TOMCAT11, store),
                        new Place(Container.JETTY_EE10, Container.JETTY_EE11, store),
                        new Place(Container.TOMCAT11, Container.JETTY_EE10, store)));
    }

    List<Container> containers() {
        return List.of(first, second);
    }

    @Override
    public String toString() {
        return first.id() + " and " + second.id() + " × " + store;
    }
}
