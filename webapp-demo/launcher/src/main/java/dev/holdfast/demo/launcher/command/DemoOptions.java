package dev.holdfast.demo.launcher.command;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.cluster.OwnBalancer;
import dev.holdfast.demo.launcher.cluster.OwnStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asked for.
 *
 * @param store null for peers that meet nobody else
 * @param ownBalancer null for the one in this JVM
 * @param serializer null for the filter's default
 * @param port null if none was named
 * @param mode null for the filter's default
 * @param seed null for a random one
 * @param kill false to let all nodes live through the selftest
 * @param withFilter false to see what the servers do on their own
 */
record DemoOptions(
        @Nullable String store,
        @Nullable OwnBalancer ownBalancer,
        @Nullable String serializer,
        List<Container> containers,
        @Nullable Integer port,
        @Nullable String mode,
        boolean selfTest,
        int users,
        int clicks,
        @Nullable Long seed,
        boolean kill,
        boolean withFilter) {

    private static final List<String> SERIALIZERS = List.of("jdk", "fory", "kryo", "protostuff");

    /** The store whose servers the demo starts for itself; null: none. Without the filter nothing would use them. */
    @Nullable
    OwnStore ownStore() {
        return withFilter ? own(store) : null;
    }

    private static @Nullable OwnStore own(@Nullable String store) {
        for (OwnStore each : OwnStore.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(store)) {
                return each;
            }
        }
        return null;
    }

    /** @throws OptionException naming the option, and what it may be */
    static DemoOptions parse(List<String> arguments) {
        String store = null;
        OwnBalancer ownBalancer = null;
        String serializer = null;
        List<Container> containers = null;
        Integer port = null;
        String mode = null;
        boolean selfTest = false;
        int users = 20;
        int clicks = 200;
        Long seed = null;
        boolean kill = true;
        boolean withFilter = true;
        List<String> rest = new ArrayList<>(arguments);
        while (!rest.isEmpty()) {
            String option = rest.remove(0);
            // --port=8081 is as good as --port 8081
            int equals = option.startsWith("--") ? option.indexOf('=') : -1;
            if (equals > 0) {
                rest.add(0, option.substring(equals + 1));
                option = option.substring(0, equals);
            }
            switch (option) {
                case "--store" -> store = storeOf(value(option, rest));
                case "--lb" -> ownBalancer = balancerOf(value(option, rest));
                case "--serializer" -> serializer = serializerOf(value(option, rest));
                case "--nodes" -> containers = containersOf(value(option, rest));
                case "--port" -> port = (int) number(option, value(option, rest), 0, 65_535);
                case "--mode" -> mode = value(option, rest);
                case "--selftest" -> selfTest = true;
                case "--users" -> users = (int) number(option, value(option, rest), 1, 200);
                case "--clicks" -> clicks = (int) number(option, value(option, rest), 10, 5_000);
                case "--seed" -> seed = number(option, value(option, rest), 0, Long.MAX_VALUE / 10_000);
                case "--no-kill" -> kill = false;
                case "--no-filter" -> withFilter = false;
                default -> throw new OptionException("unknown option " + option);
            }
        }
        if (containers == null) {
            containers = ownBalancer == null
                    ? List.of(Container.TOMCAT10, Container.TOMCAT11, Container.JETTY_EE10)
                    : List.of(Container.TOMCAT10, Container.TOMCAT11);
        }
        return new DemoOptions(
                store,
                ownBalancer,
                serializer,
                containers,
                port,
                mode,
                selfTest,
                users,
                clicks,
                seed,
                kill,
                withFilter);
    }

    private static String value(String option, List<String> rest) {
        if (rest.isEmpty()) {
            throw new OptionException(option + " needs a value");
        }
        return rest.remove(0);
    }

    private static OwnBalancer balancerOf(String value) {
        for (OwnBalancer each : OwnBalancer.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(value)) {
                return each;
            }
        }
        throw new OptionException("--lb " + value + " is none of nginx, haproxy");
    }

    private static String serializerOf(String value) {
        if (!SERIALIZERS.contains(value)) {
            throw new OptionException("--serializer " + value + " is none of " + String.join(", ", SERIALIZERS));
        }
        return value;
    }

    /** Null for "peer", the default. */
    private static @Nullable String storeOf(String value) {
        if (value.equals("peer")) {
            return null;
        }
        if (own(value) == null && !value.matches("local|[a-z][a-z0-9+.-]*:.+")) {
            throw new OptionException(
                    "--store " + value + " is not a store's URI; write --store redis or --store memcached, or e.g."
                            + " --store redis://host:6379");
        }
        return value;
    }

    private static List<Container> containersOf(String value) {
        try {
            List<Container> containers = new ArrayList<>();
            for (String id : value.split(",", -1)) {
                containers.add(Container.of(id.strip()));
            }
            return List.copyOf(containers);
        } catch (IllegalArgumentException e) {
            throw new OptionException("--nodes " + value + ": " + e.getMessage());
        }
    }

    private static long number(String option, String value, long least, long most) {
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new OptionException(option + " " + value + " is not a number from " + least + " to " + most);
    }

    /** A command line that cannot be obeyed. The message is for the user. */
    static final class OptionException extends RuntimeException {
        private static final long serialVersionUID = 1;

        OptionException(String message) {
            super(message);
        }
    }
}
