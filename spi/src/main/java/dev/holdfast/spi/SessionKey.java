package dev.holdfast.spi;

/**
 * The name of a session in a store: the application it belongs to and an opaque part that the filter makes from the
 * session's id. Two applications on one store never meet, even with equal ids (Servlet 6.0 §7.3: scope is the context).
 *
 * @param application 1 to 100 characters of {@code A-Z a-z 0-9 . _ -}
 * @param opaque 1 to 100 characters of {@code A-Z a-z 0-9 _ -}; fit for every store's keys without escaping
 */
public record SessionKey(String application, String opaque) {

    /** The most characters that either part may have. */
    public static final int MAX_LENGTH = 100;

    /** @throws IllegalArgumentException if a part is not of the form above; the message does not repeat it */
    public SessionKey {
        if (!isName(application, true)) {
            throw new IllegalArgumentException("application is not 1 to 100 characters of A-Z a-z 0-9 . _ -");
        }
        if (!isName(opaque, false)) {
            throw new IllegalArgumentException("key is not 1 to 100 characters of A-Z a-z 0-9 _ -");
        }
    }

    /** Whether {@code text} could be the opaque part of a key. Costs no allocation. */
    public static boolean isOpaque(String text) {
        return isName(text, false);
    }

    private static boolean isName(String text, boolean dots) {
        int length = text.length();
        if (length == 0 || length > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean good = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '_'
                    || c == '-'
                    || dots && c == '.';
            if (!good) {
                return false;
            }
        }
        return true;
    }

    /** Shortened, so that a log never holds what opens a session. */
    @Override
    public String toString() {
        return application + "/" + (opaque.length() <= 12 ? "…" : opaque.substring(0, 6) + "…");
    }
}
