package dev.holdfast.peer;

import dev.holdfast.spi.Bounds;
import dev.holdfast.spi.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How members find each other and how they notice that one is gone. Names are not looked up here.
 *
 * @param discovery where to look for others
 * @param transport what carries JGroups' messages
 * @param replicas how many members keep each session; {@link Integer#MAX_VALUE}: all
 * @param cluster members of other clusters are not seen; the application's name is added to it
 * @param bind the address or the network interface to use; empty: chosen, see {@link BindAddress}
 * @param port for messages of other members; 0: any free one, or the one in the list
 * @param expectedMembers a start fails that does not find so many within the join timeout, itself included
 * @param joinTimeout how long a starting member looks for others before it is the first, and waits for those that are
 *     expected; only the first one waits that long. On a machine that is busy starting servers the answer of a running member
 *     takes a second
 * @param failureTimeout after this time without a sign of life a member is taken for dead
 * @param leaveTimeout how long a closing member may take to hand over
 */
record PeerSettings(
        Discovery discovery,
        Transport transport,
        int replicas,
        String cluster,
        Optional<String> bind,
        int port,
        int expectedMembers,
        Duration joinTimeout,
        Duration failureTimeout,
        Duration leaveTimeout) {

    static final String DEFAULT_GROUP = "228.0.0.4";
    static final int DEFAULT_GROUP_PORT = 45564;
    static final int DEFAULT_PORT = 7800;
    private static final String DNS_PREFIX = "peer+dns://";

    private static final Pattern ENDPOINT = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
    private static final Pattern LITERAL = Pattern.compile("\\[.*]|[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    sealed interface Discovery {
        record Multicast(InetAddress group, int port) implements Discovery {
            @Override
            public String toString() {
                return "multicast " + group.getHostAddress() + ":" + port;
            }
        }

        record Hosts(List<Endpoint> endpoints) implements Discovery {
            @Override
            public String toString() {
                return "hosts " + endpoints;
            }
        }

        /** A name that stands for all members, each with an address of its own, all on one port. */
        record Dns(Endpoint name) implements Discovery {
            @Override
            public String toString() {
                return "DNS " + name;
            }
        }
    }

    /** By what JGroups' messages travel. */
    enum Transport {
        TCP,
        UDP;

        /** As in the setting. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Endpoint(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    static PeerSettings from(String store, Settings settings) {
        String cluster = settings.string("peer.cluster", "holdfast");
        if (!cluster.matches("[A-Za-z0-9._-]{1,100}")) {
            settings.problem("peer.cluster", "is not 1 to 100 characters of A-Z a-z 0-9 . _ -");
        }
        return new PeerSettings(
                discovery(store, settings),
                transport(settings),
                replicas(settings),
                cluster,
                settings.string("peer.bind"),
                settings.integer("peer.port", 0, Bounds.between(0, 65_535)),
                settings.integer("peer.expected-members", 1, Bounds.between(1, 1_000)),
                settings.duration(
                        "peer.join-timeout",
                        Duration.ofSeconds(2),
                        Bounds.between(Duration.ofMillis(100), Duration.ofMinutes(5))),
                settings.duration(
                        "peer.failure-timeout",
                        Duration.ofSeconds(4),
                        Bounds.between(Duration.ofSeconds(1), Duration.ofMinutes(5))),
                settings.duration(
                        "peer.leave-timeout",
                        Duration.ofSeconds(5),
                        Bounds.between(Duration.ZERO, Duration.ofMinutes(5))));
    }

    private static Transport transport(Settings settings) {
        String transport = settings.string("peer.transport", "tcp");
        return switch (transport) {
            case "tcp" -> Transport.TCP;
            case "udp" -> Transport.UDP;
            default -> {
                settings.problem("peer.transport", "is not one of tcp, udp");
                yield Transport.TCP;
            }
        };
    }

    private static int replicas(Settings settings) {
        String replicas = settings.string("peer.replicas", "2");
        return switch (replicas) {
            case "2", "3" -> Integer.parseInt(replicas);
            case "all" -> Integer.MAX_VALUE;
            default -> {
                settings.problem("peer.replicas", "is not one of 2, 3, all");
                yield 2;
            }
        };
    }

    private static Discovery discovery(String store, Settings settings) {
        Discovery fallback = new Discovery.Multicast(literal(DEFAULT_GROUP), DEFAULT_GROUP_PORT);
        if (store.startsWith(DNS_PREFIX)) {
            return dns(store.substring(DNS_PREFIX.length()), settings, fallback);
        }
        String prefix = "peer://";
        String rest = store.startsWith(prefix) ? store.substring(prefix.length()) : store.equals("peer") ? "" : store;
        if (rest.isEmpty()) {
            return fallback;
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (String part : rest.split(",", -1)) {
            Endpoint endpoint = endpoint(part.strip());
            if (endpoint == null) {
                settings.problem(
                        "store",
                        "is not peer://<multicast address>:<port> nor peer://<host>:<port>,<host>:<port>; write e.g. peer://"
                                + DEFAULT_GROUP + ":" + DEFAULT_GROUP_PORT + " or peer://app1:7800,app2:7800");
                return fallback;
            }
            endpoints.add(endpoint);
        }
        Endpoint first = endpoints.get(0);
        if (LITERAL.matcher(first.host()).matches()) {
            InetAddress address = literal(first.host());
            if (address.isMulticastAddress()) {
                if (endpoints.size() > 1) {
                    settings.problem("store", "names a multicast address and others beside it; one group is enough");
                }
                return new Discovery.Multicast(address, first.port() < 0 ? DEFAULT_GROUP_PORT : first.port());
            }
        }
        return new Discovery.Hosts(
                endpoints.stream().map(PeerSettings::withPort).toList());
    }

    private static Discovery dns(String rest, Settings settings, Discovery fallback) {
        Endpoint name = endpoint(rest);
        if (name == null || LITERAL.matcher(name.host()).matches()) {
            settings.problem(
                    "store", "is not " + DNS_PREFIX + "<name>:<port>; write e.g. " + DNS_PREFIX + "app-peers:7800");
            return fallback;
        }
        return new Discovery.Dns(withPort(name));
    }

    /** Null if it is none. Its port is -1 if none is given. */
    private static @Nullable Endpoint endpoint(String text) {
        Matcher matcher = ENDPOINT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int port = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
        return port == 0 || port > 65_535 ? null : new Endpoint(matcher.group(1), port);
    }

    private static Endpoint withPort(Endpoint endpoint) {
        return endpoint.port() < 0 ? new Endpoint(endpoint.host(), DEFAULT_PORT) : endpoint;
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            // Four numbers of which one is above 255. It is looked up as a name when the store opens, and fails there.
            return InetAddress.getLoopbackAddress();
        }
    }
}
