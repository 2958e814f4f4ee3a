package dev.holdfast.demo.launcher.selftest;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a page of the demo shows, read from its {@code <data class="…" value="…">} elements. Immutable. */
final class Page {
    private static final Pattern DATA = Pattern.compile("<data class=\"([a-z]+)\" value=\"([^\"]*)\">");

    private final Map<String, String> values;

    private Page(Map<String, String> values) {
        this.values = values;
    }

    /** The page, or null if this is none of the demo's whole pages. */
    static @Nullable Page read(String html) {
        Map<String, String> values = new HashMap<>();
        Matcher data = DATA.matcher(html);
        while (data.find()) {
            values.put(data.group(1), unescape(data.group(2)));
        }
        // the end as well: a page that was cut off is none
        return values.containsKey("id") && values.containsKey("node") && html.contains("</html>")
                ? new Page(Map.copyOf(values))
                : null;
    }

    /** The session's id, empty if the visitor has none. */
    String id() {
        return value("id");
    }

    String created() {
        return value("created");
    }

    String user() {
        return value("user");
    }

    String node() {
        return value("node");
    }

    BitSet numbers(WriteKind kind) {
        return NumberRanges.parse(value(kind.attribute()));
    }

    private String value(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("a page of the demo without " + name);
        }
        return value;
    }

    private static String unescape(String html) {
        return html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }
}
