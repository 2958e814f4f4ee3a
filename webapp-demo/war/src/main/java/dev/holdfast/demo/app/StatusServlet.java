package dev.holdfast.demo.app;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.StringJoiner;

/** What this server has counted, as JSON. Asks for no session. */
public final class StatusServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        StringJoiner events = new StringJoiner(", ", "{", "}");
        if (getServletContext().getAttribute(SessionEvents.CONTEXT_ATTRIBUTE) instanceof Map<?, ?> counts) {
            counts.forEach(
                    (kind, count) -> events.add("\"" + kind.toString().toLowerCase(Locale.ROOT) + "\": " + count));
        }
        OptionalLong nativeSessions = NativeSessions.created();
        response.setContentType("application/json;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter()
                .printf(
                        "{\"node\": \"%s\", \"pid\": %d, \"server\": \"%s\", \"events\": %s, \"nativeSessions\": %s}%n",
                        json(Node.name()),
                        Node.pid(),
                        json(getServletContext().getServerInfo()),
                        events,
                        nativeSessions.isPresent() ? Long.toString(nativeSessions.getAsLong()) : "null");
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
