package dev.holdfast.demo.app;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What this server has counted, and what is published by JMX in its JVM, as JSON. Asks for no session. */
public final class StatusServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        StringJoiner events = new StringJoiner(", ", "{", "}");
        if (getServletContext().getAttribute(SessionEvents.CONTEXT_ATTRIBUTE) instanceof Map<?, ?> counts) {
            counts.forEach(
                    (kind, count) -> events.add("\"" + kind.toString().toLowerCase(Locale.ROOT) + "\": " + count));
        }
        // the server that runs this demo leaves its own count there
        String nativeSessions =
                getServletContext().getAttribute("dev.holdfast.demo.nativeSessions") instanceof LongSupplier count
                        ? Long.toString(count.getAsLong())
                        : "null";
        String requests = getServletContext().getAttribute(RequestCount.CONTEXT_ATTRIBUTE) instanceof LongAdder count
                ? Long.toString(count.sum())
                : "null";
        StringJoiner beans = new StringJoiner(", ", "{", "}");
        Measurements.read().forEach((type, figures) -> {
            StringJoiner values = new StringJoiner(", ", "{", "}");
            figures.forEach((name, value) -> values.add("\"" + json(name) + "\": " + value));
            beans.add("\"" + json(type) + "\": " + values);
        });
        response.setContentType("application/json;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter()
                .printf(
                        "{\"node\": \"%s\", \"pid\": %d, \"server\": \"%s\", \"requests\": %s, \"events\": %s, \"nativeSessions\": %s,"
                                + " \"beans\": %s}%n",
                        json(Node.name()),
                        Node.pid(),
                        json(getServletContext().getServerInfo()),
                        requests,
                        events,
                        nativeSessions,
                        beans);
    }

    private static String json(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ') {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
