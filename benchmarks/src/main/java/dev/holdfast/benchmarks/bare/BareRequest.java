package dev.holdfast.benchmarks.bare;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** As much of a request as session filters ask for; whatever else it is asked fails. For one thread, any number of times. */
final class BareRequest extends HttpServletRequestWrapper {

    private static final HttpServletRequest NOTHING_ELSE = Unsupported.of(HttpServletRequest.class);

    private final ServletContext context;
    private final Map<String, Object> attributes = new HashMap<>();
    private final List<String> cookies;

    /** @param cookie the value of the only Cookie header; null for none */
    BareRequest(ServletContext context, @Nullable String cookie) {
        super(NOTHING_ELSE);
        this.context = context;
        this.cookies = cookie == null ? List.of() : List.of(cookie);
    }

    /** As new. */
    void clear() {
        attributes.clear();
    }

    @Override
    public ServletContext getServletContext() {
        return context;
    }

    @Override
    public DispatcherType getDispatcherType() {
        return DispatcherType.REQUEST;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return attributes.get(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        attributes.put(name, value);
    }

    @Override
    public void removeAttribute(String name) {
        attributes.remove(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return name.equals("Cookie") ? Collections.enumeration(cookies) : Collections.emptyEnumeration();
    }

    /** For filters that do not read the header themselves. */
    @Override
    public Cookie @Nullable [] getCookies() {
        if (cookies.isEmpty()) {
            return null;
        }
        String[] parts = cookies.get(0).split("; ");
        Cookie[] parsed = new Cookie[parts.length];
        for (int i = 0; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            parsed[i] = new Cookie(parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        return parsed;
    }

    @Override
    public @Nullable String getRequestedSessionId() {
        return null;
    }

    @Override
    public String getScheme() {
        return "http";
    }

    @Override
    public String getServerName() {
        return "shop.example";
    }

    @Override
    public int getServerPort() {
        return 80;
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public String getContextPath() {
        return "/shop";
    }

    @Override
    public String getRequestURI() {
        return "/shop/cart";
    }

    @Override
    public boolean isAsyncStarted() {
        return false;
    }

    @Override
    public @Nullable String getRemoteUser() {
        return null;
    }
}
