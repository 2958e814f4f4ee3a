package dev.holdfast.benchmarks.bare;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** As much of a response as session filters ask for when an application writes nothing; whatever else it is asked fails. */
final class BareResponse extends HttpServletResponseWrapper {

    private static final HttpServletResponse NOTHING_ELSE = Unsupported.of(HttpServletResponse.class);

    private @Nullable String cookie;

    BareResponse() {
        super(NOTHING_ELSE);
    }

    /** {@code name=value} of the cookie that it sets. */
    @Nullable
    String cookie() {
        return cookie;
    }

    @Override
    public boolean isCommitted() {
        return false;
    }

    @Override
    public int getStatus() {
        return 200;
    }

    @Override
    public int getBufferSize() {
        return 8192;
    }

    @Override
    public Collection<String> getHeaders(String name) {
        return List.of();
    }

    @Override
    public void setHeader(String name, String value) {
        // as Cache-Control beside a new cookie
    }

    @Override
    public void addHeader(String name, String value) {
        if (name.equals("Set-Cookie")) {
            int semicolon = value.indexOf(';');
            cookie = semicolon < 0 ? value : value.substring(0, semicolon);
        }
    }

    @Override
    public void addCookie(Cookie added) {
        cookie = added.getName() + "=" + added.getValue();
    }
}
