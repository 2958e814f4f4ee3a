package dev.holdfast.spi;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What to say about a name that is no setting. */
final class SettingNames {

    /**
     * What users of other session stores know, in lower case, and what we call it. The replication notices have no
     * counterpart.
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
            Map.entry("maxactivesessions", "max-active-sessions"),
            Map.entry("expiresessionsonshutdown", "expire-on-stop"),
            Map.entry("jvmroute", "route"));

    private static final Map<String, String> NEEDLESS = Map.of(
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

    /** How many letters must be put in, taken out, changed, or swapped with their neighbour. */
    private static int distance(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                    continue;
                }
                int changed = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                table[i][j] = Math.min(changed, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
                }
            }
        }
        return table[a.length()][b.length()];
    }
}
