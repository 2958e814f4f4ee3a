package dev.holdfast.redis.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The setting {@code store} of a Redis, taken apart. Names are not looked up.
 *
 * @param master the name under which the Sentinels know the master; empty unless they are asked
 */
record StoreAddress(
        Kind kind,
        boolean tls,
        List<Address> addresses,
        String master,
        int database,
        Optional<Credentials> credentials) {

    /** Who says which server is the master. */
    enum Kind {
        SINGLE("redis", 6379, "redis://cache:6379"),
        SENTINEL("redis-sentinel", 26379, "redis-sentinel://mymaster@sentinel1:26379,sentinel2:26379,sentinel3:26379"),
        CLUSTER("redis-cluster", 6379, "redis-cluster://node1:6379,node2:6379,node3:6379");

        final String scheme;
        final int defaultPort;
        final String example;

        Kind(String scheme, int defaultPort, String example) {
            this.scheme = scheme;
            this.defaultPort = defaultPort;
            this.example = example;
        }

        /** With TLS only the first word changes: rediss-cluster. */
        String scheme(boolean tls) {
            return tls ? scheme.replaceFirst("^redis", "rediss") : scheme;
        }
    }

    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^]]+]|[^:\\[\\]]+)(?::([0-9]{1,5}))?");
    private static final Pattern MASTER = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** @throws IllegalArgumentException with what to write instead, to go on after the value; without secrets */
    static StoreAddress parse(String store) {
        int scheme = store.indexOf("://");
        if (scheme < 0) {
            throw new IllegalArgumentException("is not an address; write e.g. " + Kind.SINGLE.example);
        }
        boolean tls = store.startsWith("rediss");
        Kind kind = null;
        for (Kind candidate : Kind.values()) {
            if (candidate.scheme(tls).equals(store.substring(0, scheme))) {
                kind = candidate;
            }
        }
        if (kind == null) {
            throw new IllegalArgumentException(
                    "is none of redis, redis-sentinel, redis-cluster, nor one of these with TLS:"
                            + " rediss, rediss-sentinel, rediss-cluster; write e.g. " + Kind.SINGLE.example);
        }
        String rest = store.substring(scheme + 3);
        // The last one: somebody may have left an @ in the password as it is.
        int at = rest.lastIndexOf('@');
        String user = at < 0 ? "" : rest.substring(0, at);
        String hosts = rest.substring(at + 1);
        int database = 0;
        int slash = hosts.indexOf('/');
        if (slash >= 0) {
            database = database(hosts.substring(slash + 1), kind);
            hosts = hosts.substring(0, slash);
        }
        List<Address> addresses = addresses(hosts, kind, tls);
        return switch (kind) {
            case SINGLE ->
                new StoreAddress(kind, tls, addresses, "", database, at < 0 ? Optional.empty() : credentials(user));
            case SENTINEL -> {
                if (!MASTER.matcher(user).matches()) {
                    throw new IllegalArgumentException(
                            "does not name the master before the @, in letters, digits, . _ -; write e.g. "
                                    + kind.example
                                    + "; user and password are the settings redis.user and redis.password");
                }
                yield new StoreAddress(kind, tls, addresses, user, database, Optional.empty());
            }
            case CLUSTER -> {
                if (at >= 0) {
                    throw new IllegalArgumentException("has something before an @; write e.g. " + kind.example
                            + "; user and password are the settings redis.user and redis.password");
                }
                yield new StoreAddress(kind, tls, addresses, "", 0, Optional.empty());
            }
        };
    }

    private static int database(String text, Kind kind) {
        if (text.isEmpty()) {
            return 0;
        }
        if (kind == Kind.CLUSTER) {
            throw new IllegalArgumentException(
                    "names a database, and a Redis Cluster has only one; end with the last port");
        }
        if (!text.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException(
                    "has after the / something else than the number of a database, such as /0");
        }
        return Integer.parseInt(text);
    }

    private static List<Address> addresses(String hosts, Kind kind, boolean tls) {
        List<Address> addresses = new ArrayList<>();
        for (String part : hosts.split(",", -1)) {
            Matcher matcher = HOST_AND_PORT.matcher(part.strip());
            Address address = null;
            if (matcher.matches()) {
                String host = matcher.group(1).replaceAll("^\\[|]$", "");
                address = Address.from(
                        host, matcher.group(2) == null ? kind.defaultPort : Long.parseLong(matcher.group(2)));
            }
            if (address == null) {
                throw new IllegalArgumentException(
                        "has something that is no host:port (IPv6 in brackets, port 1 to 65535);" + " write e.g. "
                                + kind.example.replaceFirst("^redis", tls ? "rediss" : "redis"));
            }
            if (!addresses.contains(address)) {
                addresses.add(address);
            }
        }
        if (kind == Kind.SINGLE && addresses.size() > 1) {
            throw new IllegalArgumentException(
                    "names more than one server; write redis-cluster:// before the nodes of a cluster,"
                            + " redis-sentinel://<master>@ before Sentinels");
        }
        return List.copyOf(addresses);
    }

    private static Optional<Credentials> credentials(String text) {
        int colon = text.indexOf(':');
        if (colon < 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("names a user without a password; write redis://user:password@host,"
                    + " or redis://:password@host if there is no user");
        }
        return Optional.of(new Credentials(decoded(text.substring(0, colon)), decoded(text.substring(colon + 1))));
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                bytes.write(raw[i]);
                continue;
            }
            int high = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException(
                        "has a % in user or password that is not followed by two hexadecimal digits;"
                                + " write %25 for a %, or use the settings redis.user and redis.password");
            }
            bytes.write(high * 16 + low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("has bytes in user or password that are not UTF-8", e);
        }
    }
}
