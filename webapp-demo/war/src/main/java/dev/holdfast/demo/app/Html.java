package dev.holdfast.demo.app;

import org.jspecify.annotations.Nullable;

/** What the JSPs call to print a value, as text or within a quoted attribute. */
public final class Html {
    private Html() {}

    /** The value's text with the five characters escaped that mean something in HTML; empty for null. */
    public static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        String raw = value.toString();
        StringBuilder escaped = new StringBuilder(raw.length() + 16);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
