package dev.holdfast.demo.suite;

import java.util.List;

/** How a balancer may spread requests over nodes: what docs/operations.md shows, by the first line of the configuration there. */
enum Balancing {
    NGINX_ROUND_ROBIN("nginx, round robin"),
    NGINX_ID("nginx, by the id"),
    NGINX_ADDRESS("nginx, by the address"),
    NGINX_ROUTE("nginx, by the route"),
    HAPROXY_ROUND_ROBIN("HAProxy, round robin"),
    HAPROXY_COOKIE("HAProxy, a cookie of its own"),
    HAPROXY_PREFIX("HAProxy, before the id");

    private final String title;

    Balancing(String title) {
        this.title = title;
    }

    boolean isNginx() {
        return name().startsWith("NGINX");
    }

    /** Starts it before the nodes with these ports, called app1, app2 and so on in the configuration. */
    Balancer before(List<Integer> ports) {
        return isNginx() ? Nginx.start(this, ports) : HaProxy.start(this, ports);
    }

    /** The configuration as it is documented; what it names app1:8080 is a node. */
    String documented() {
        return DocumentedConfiguration.of(title);
    }

    @Override
    public String toString() {
        return title;
    }
}
