package dev.holdfast.filter.http;

/**
 * What stands behind an id, after a dot: the name of the node that serves its session. What a client wrote is hostile: only what has
 * the form counts, and it is only ever compared. Stateless.
 */
public final class Routes {

    /** Of a route, in characters. */
    public static final int LONGEST = 64;

    private Routes() {}

    /** Whether text may be a route: 1 to 64 letters, digits, dashes and underscores of ASCII. */
    public static boolean isWellFormed(String route) {
        return isWellFormed(route, 0);
    }

    /** Whether what begins there may be. No allocation. */
    static boolean isWellFormed(String text, int from) {
        int length = text.length() - from;
        if (length < 1 || length > LONGEST) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_')) {
                return false;
            }
        }
        return true;
    }

    /** Whether what was written is that id with that route. No allocation. */
    static boolean isBehind(String written, String id, String route) {
        return written.length() == id.length() + 1 + route.length()
                && written.startsWith(id)
                && written.charAt(id.length()) == '.'
                && written.endsWith(route);
    }
}
