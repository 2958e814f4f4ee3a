package dev.holdfast.filter.http;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** The response that the application gets: state before bytes, the ids of our sessions in URLs, and a cookie that resets survive. */
final class SessionResponse extends GuardedResponse {

    private final Exchange exchange;

    SessionResponse(HttpServletResponse response, Exchange exchange) {
        super(response);
        this.exchange = exchange;
    }

    @Override
    OutputGate gate() {
        return exchange.gate();
    }

    @Override
    public @Nullable String encodeURL(@Nullable String url) {
        return url == null ? null : exchange.encodeUrl(url, false);
    }

    @Override
    public @Nullable String encodeRedirectURL(@Nullable String url) {
        return url == null ? null : exchange.encodeUrl(url, true);
    }

    @Override
    public void reset() {
        super.reset();
        exchange.rewriteCookie();
    }
}
