package dev.holdfast.benchmarks.bare;

import dev.holdfast.filter.SessionFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An application behind {@link SessionFilter}, or what others have instead, in no container. Thread-safe. */
public final class BareApplication implements AutoCloseable {

    private final ServletContext context;
    private final Filter filter;

    /**
     * Starts it.
     *
     * @param node by which its MXBeans are known
     * @param settings the filter's init-params
     */
    public BareApplication(String node, Map<String, String> settings) throws ServletException {
        this(node, new SessionFilter(), settings);
    }

    /** The same behind another filter. */
    public BareApplication(String node, Filter filter, Map<String, String> settings) throws ServletException {
        this.filter = filter;
        context = context(node);
        filter.init(new FilterConfig() {
            @Override
            public String getFilterName() {
                return "session";
            }

            @Override
            public ServletContext getServletContext() {
                return context;
            }

            @Override
            public @Nullable String getInitParameter(String name) {
                return settings.get(name);
            }

            @Override
            public Enumeration<String> getInitParameterNames() {
                return Collections.enumeration(settings.keySet());
            }
        });
    }

    /** What the application does with a session. */
    public interface Work {
        void with(HttpSession session);
    }

    /** A client that has a session, for one thread at a time. */
    public static final class Client {
        private final BareRequest request;
        private final BareResponse response = new BareResponse();

        private Client(ServletContext context, @Nullable String cookie) {
            request = new BareRequest(context, cookie);
        }

        /** The value of its Cookie header. It must have one. */
        public String cookies() {
            return request.getHeaders("Cookie").nextElement();
        }
    }

    /** Lets a new client have a session with these attributes. */
    public Client login(Map<String, Object> attributes) throws ServletException, IOException {
        Client first = new Client(context, null);
        filter.doFilter(first.request, first.response, (request, response) -> {
            HttpSession session = ((HttpServletRequest) request).getSession();
            attributes.forEach(session::setAttribute);
        });
        return new Client(context, Objects.requireNonNull(first.response.cookie(), "no session was made"));
    }

    /** The same session's client at another node, or for another thread. */
    public Client at(Client elsewhere) {
        return client(elsewhere.cookies());
    }

    /** @param cookies the value of the only Cookie header; null for none */
    public Client client(@Nullable String cookies) {
        return new Client(context, cookies);
    }

    /** One request. */
    public void serve(Client client, FilterChain chain) throws ServletException, IOException {
        client.request.clear();
        filter.doFilter(client.request, client.response, chain);
    }

    /** One request that works with its session, which must be there. */
    public void serve(Client client, Work work) throws ServletException, IOException {
        serve(client, (FilterChain) (request, response) ->
                work.with(Objects.requireNonNull(((HttpServletRequest) request).getSession(false), "it is lost")));
    }

    @Override
    public void close() {
        filter.destroy();
    }

    private static ServletContext context(String node) {
        SessionCookieConfig cookie = answering(
                SessionCookieConfig.class,
                Map.of("isSecure", false, "isHttpOnly", true, "getMaxAge", -1, "getAttributes", Map.of()));
        return answering(
                ServletContext.class,
                Map.of(
                        "getVirtualServerName",
                        node,
                        "getContextPath",
                        "/shop",
                        "getSessionCookieConfig",
                        cookie,
                        "getEffectiveSessionTrackingModes",
                        Set.of(SessionTrackingMode.COOKIE),
                        "getSessionTimeout",
                        30,
                        "getClassLoader",
                        BareApplication.class.getClassLoader(),
                        "getServerInfo",
                        "none",
                        "getFilterRegistrations",
                        Map.of(),
                        "getServletRegistrations",
                        Map.of()));
    }

    /** Null for what it has no answer to. */
    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.get(method.getName())));
    }
}
