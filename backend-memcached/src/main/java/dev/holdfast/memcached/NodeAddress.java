package dev.holdfast.memcached;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One server of a list of nodes. Names are not looked up.
 *
 * @param name decides which sessions the node is home of: a server that moves keeps them by keeping its name. Without one of
 *     its own it is called by its address
 * @param host without the brackets of IPv6
 */
record NodeAddress(String name, String host, int port) {

    static final int DEFAULT_PORT = 11211;
    static final String EXAMPLE = "memcached://n1:cache1:11211,n2:cache2:11211";

    private static final Pattern NODE = Pattern.compile("(?:(?<name>[A-Za-z0-9._-]{1,60}):)?"
            + "(?<host>\\[[0-9A-Fa-f:.%A-Za-z0-9_-]{2,80}]|(?![0-9]+(?::|$))[A-Za-z0-9._-]{1,253})"
            + "(?::(?<port>[0-9]{1,5}))?");

    /**
     * The nodes of a list, separated by commas: {@code [name:]host[:port]}, IPv6 addresses in brackets.
     *
     * @param problem told what is wrong, to go on after the value; then what is returned is not all that was meant
     */
    static List<NodeAddress> parse(String list, Consumer<String> problem) {
        List<NodeAddress> nodes = new ArrayList<>();
        Map<String, Integer> names = new HashMap<>();
        Map<String, Integer> addresses = new HashMap<>();
        String[] parts = list.split(",", -1);
        for (int i = 0; i < parts.length; i++) {
            String which = parts.length == 1 ? "" : "in part " + (i + 1) + " ";
            NodeAddress node = node(parts[i].strip());
            if (node == null) {
                problem.accept("has " + which + "something that is no host:port or name:host:port (names of letters,"
                        + " digits, . _ -; IPv6 in brackets; port 1 to 65535); write e.g. " + EXAMPLE);
                continue;
            }
            Integer sameAddress = addresses.putIfAbsent(node.address(), i + 1);
            Integer sameName = names.putIfAbsent(node.name(), i + 1);
            if (sameAddress != null) {
                problem.accept("names the server of part " + sameAddress + " again in part " + (i + 1)
                        + ": a session would have both its copies there; leave one of them out");
            } else if (sameName != null) {
                problem.accept("has the name of part " + sameName + " again in part " + (i + 1)
                        + "; give every node a name of its own, or leave the names out");
            }
            nodes.add(node);
        }
        return List.copyOf(nodes);
    }

    private static @Nullable NodeAddress node(String text) {
        Matcher matcher = NODE.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int port = matcher.group("port") == null ? DEFAULT_PORT : Integer.parseInt(matcher.group("port"));
        if (port == 0 || port > 65_535) {
            return null;
        }
        String host = matcher.group("host").replaceAll("^\\[|]$", "").toLowerCase(Locale.ROOT);
        String name = matcher.group("name");
        return new NodeAddress(name != null ? name : address(host, port), host, port);
    }

    private static String address(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    String address() {
        return address(host, port);
    }

    @Override
    public String toString() {
        return name.equals(address()) ? name : name + " (" + address() + ")";
    }
}
