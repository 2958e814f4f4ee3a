package dev.holdfast.filter.health;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Answers 200 if this node can serve sessions now and 503 if not, with {@code {"status":"UP"}} or {@code DOWN} and the reason. An
 * application maps it in its web.xml, and names its path in the filter's {@code ignore}.
 */
public final class HealthServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    /** For containers. */
    public HealthServlet() {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Health.State state = Health.of(getServletContext())
                .map(Health::check)
                .orElse(new Health.State(false, "the session filter is not in service"));
        response.setStatus(state.isReady() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        String reason = state.reason();
        response.getWriter()
                .write(
                        reason == null
                                ? "{\"status\":\"UP\"}"
                                : "{\"status\":\"DOWN\",\"reason\":\"" + escaped(reason) + "\"}");
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                escaped.append(c);
            } else {
                escaped.append(String.format("\\u%04x", (int) c));
            }
        }
        return escaped.toString();
    }
}
