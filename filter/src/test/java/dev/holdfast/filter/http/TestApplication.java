package dev.holdfast.filter.http;

import dev.holdfast.filter.codec.AllowedClasses;
import dev.holdfast.filter.codec.EnvelopeCodec;
import dev.holdfast.filter.codec.JdkSerializerProvider;
import dev.holdfast.filter.container.DeclaredListeners;
import dev.holdfast.filter.listeners.ListenerEvents;
import dev.holdfast.filter.session.SessionIds;
import dev.holdfast.filter.session.SessionRules;
import dev.holdfast.filter.session.Sessions;
import dev.holdfast.filter.session.WriteRules;
import dev.holdfast.filter.store.StoreBreaker;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.kit.CountingStore;
import dev.holdfast.spi.kit.FaultyStore;
import dev.holdfast.spi.kit.ManualTime;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One application on one node, over a store in memory that counts and fails; containers are fakes. */
final class TestApplication implements AutoCloseable {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));

    /** What nodes of mode sticky do by default. */
    private static final WriteRules STICKY = new WriteRules(false, true, true, 100, 1 << 20);

    static final SessionCookie COOKIE = new SessionCookie("JSESSIONID", "/shop", null, -1, null, true, Map.of());

    final ManualTime time;
    final ServletContext context = context("/shop");
    final FaultyStore faults;
    final CountingStore store;
    final StoreBreaker breaker;
    final Sessions sessions;
    final WebApplication application;
    final Dispatches dispatches;

    TestApplication() {
        this(false);
    }

    TestApplication(boolean containerSeesOurCookie) {
        this(containerSeesOurCookie, new ManualTime(), null, null);
    }

    /** @param others shares their sessions; null for sessions of its own */
    TestApplication(
            boolean containerSeesOurCookie, ManualTime time, @Nullable SessionStore others, @Nullable Locking locking) {
        this(containerSeesOurCookie, time, others, null, locking);
    }

    /** @param route null for a node that any request may come to */
    TestApplication(
            boolean containerSeesOurCookie,
            ManualTime time,
            @Nullable SessionStore others,
            @Nullable String route,
            @Nullable Locking locking) {
        this(containerSeesOurCookie, time, others, route, locking, route == null ? WriteRules.STORED_FIRST : STICKY);
    }

    TestApplication(
            boolean containerSeesOurCookie,
            ManualTime time,
            @Nullable SessionStore others,
            @Nullable String route,
            @Nullable Locking locking,
            WriteRules writes) {
        this.time = time;
        faults = FaultyStore.around(others != null ? others : localStore(time));
        store = CountingStore.around(faults);
        breaker = new StoreBreaker(time, POLICY.timeout());
        Serializer jdk = new JdkSerializerProvider()
                .create(new SerializerLimits(AllowedClasses.everythingFound(), 100, 1000, 1000));
        ClassLoader loader = TestApplication.class.getClassLoader();
        SessionViews views = new SessionViews(context, time);
        sessions = new Sessions(
                breaker.around(store),
                new EnvelopeCodec(jdk, List.of(jdk), loader, new EnvelopeCodec.Sizes(1024, 16 << 20)),
                SessionIds.plain(),
                new ListenerEvents(DeclaredListeners.none("a test"), loader, time),
                new SessionRules(
                                "shop",
                                POLICY,
                                Duration.ofMinutes(30),
                                100,
                                Duration.ofMinutes(1),
                                true,
                                true,
                                false,
                                1 << 24)
                        .with(writes),
                time,
                views);
        views.serve(sessions);
        application = new WebApplication(
                context, sessions, COOKIE, true, "jsessionid", containerSeesOurCookie, route, locking, time);
        dispatches =
                new Dispatches(application, request -> request.getRequestURI().startsWith("/shop/static/"), null);
    }

    static LocalStore localStore(ManualTime time) {
        return new LocalStore(new StoreContext("shop", POLICY, time));
    }

    static ServletContext context(String path) {
        return (ServletContext) Proxy.newProxyInstance(
                TestApplication.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getContextPath" -> path;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "toString" -> "context " + path;
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    interface Servlet {
        void service(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    static FilterChain chain(Servlet servlet) {
        return (request, response) -> servlet.service((HttpServletRequest) request, (HttpServletResponse) response);
    }

    FakeRequest request() {
        time.advance(Duration.ofMillis(1));
        return new FakeRequest(context);
    }

    FakeRequest request(String id) {
        return request().cookie("JSESSIONID=" + id);
    }

    /** One request from its arrival to the end of the answer. */
    FakeResponse serve(FakeRequest request, Servlet servlet) throws IOException, ServletException {
        FakeResponse response = new FakeResponse();
        request.response = response;
        dispatches.doFilter(request, response, chain(servlet));
        return response;
    }

    /** A client's session with an attribute in it. */
    String newSession() throws IOException, ServletException {
        String[] id = new String[1];
        serve(request(), (q, r) -> {
            q.getSession().setAttribute("n", "first");
            id[0] = q.getSession().getId();
        });
        return id[0];
    }

    Object stored(String id, String name) throws IOException, ServletException {
        Object[] value = new Object[1];
        serve(request(id), (q, r) -> {
            if (q.getSession(false) != null) {
                value[0] = q.getSession(false).getAttribute(name);
            }
        });
        return value[0];
    }

    @Override
    public void close() {
        sessions.close();
    }
}
