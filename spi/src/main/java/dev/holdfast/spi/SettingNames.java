package dev.holdfast.spi;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What to say about a name that is no setting. */
final class SettingNames {

    /**
     * What users of other session stores know, in lower case, and what we call it. The replication notices and the shutdown
     * switch have no counterpart.
     */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("memcachednodes", "store"),
            Map.entry("failovernodes", "store"),
            Map.entry("requesturiignorepattern", "ignore"),
            Map.entry("sessionattributefilter", "attributes"),
            Map.entry("sessionattributenamefilter", "attributes"),
            Map.entry("lockingmode", "lock"),
            Map.entry("sessionbackupasync", "write"),
            Map.entry("channelsendoptions", "write"),
            Map.entry("operationtimeout", "timeout"),
            Map.entry("transcoderfactoryclass", "serializer"),
            Map.entry("storagekeyprefix", "application"),
            Map.entry("maxactivesessions", "near-cache"),
            Map.entry("jvmroute", "route"));

    private static final Map<String, String> NEEDLESS = Map.of(
            "expiresessionsonshutdown", "sessions always outlive the stop of a node",
            "notifylistenersonreplication", "listeners are never called for replication",
            "notifysessionlistenersonreplication", "listeners are never called for replication",
            "notifycontainerlistenersonreplication", "listeners are never called for replication");

    /** No name of ours comes near this; the distance takes a square of it. */
    private static final int LONGEST = 60;

    private SettingNames() {}

    /** What follows after "is not a known setting": empty, or a pointer. */
    static String hint(String unknown, Collection<String> known) {
        String lower = unknown.toLowerCase(Locale.ROOT);
        String counterpart = ELSEWHERE.get(lower);
        if (counterpart != null && known.contains(counterpart)) {
            return "; what you look for is " + counterpart;
        }
        if (NEEDLESS.containsKey(lower)) {
            return ": " + NEEDLESS.get(lower);
        }
        return nearest(unknown, known)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("");
    }

    /** The known name that was probably meant, if one is near enough. */
    static Optional<String> nearest(String unknown, Collection<String> known) {
        if (unknown.length() > LONGEST) {
            return Optional.empty();
        }
        String plain = plain(
                unknown.startsWith(Settings.PROPERTY_PREFIX)
                        ? unknown.substring(Settings.PROPERTY_PREFIX.length())
                        : unknown);
        int tolerated = Math.min(3, plain.length() / 3);
        return known.stream()
                .filter(name -> distance(plain, plain(name)) <= tolerated)
                .min(Comparator.comparingInt((String name) -> distance(plain, plain(name)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code nearCache}, {@code near_cache} and {@code near-cache} are the same slip. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "").replace(".", "");
    }

    /** How many letters must be put in, taken out or changed. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
