package dev.holdfast.filter.container;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jetty 12 (ee10, ee11). The way in is a public method of its {@code ServletContext}. */
final class JettyContainer implements Container {

    private static final String WAY_IN = "getContextHandler";

    /**
     * What Jetty calls itself when nobody named it. It is no route: with a name that all nodes have, each would believe that
     * every session is its own, and serve a stale copy.
     */
    private static final String UNNAMED_WORKER = "node0";

    /** Jetty's {@code ServletContextHandler}. */
    private final Object context;

    private JettyContainer(Object context) {
        this.context = context;
    }

    static @Nullable JettyContainer of(ServletContext application) throws UnreadableException {
        return Reflected.has(application, WAY_IN) ? new JettyContainer(Reflected.get(application, WAY_IN)) : null;
    }

    @Override
    public String kind() {
        return "Jetty";
    }

    /**
     * Jetty hands each session listener of the context on to the session handler, which calls it; listeners that were given
     * to the session handler alone (by a jetty.xml) come after those.
     */
    @Override
    public DeclaredListeners listeners() throws UnreadableException {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Object> all = new ArrayList<>();
        for (Object each : objects(context, "getEventListeners")) {
            if (seen.add(each)) {
                all.add(each);
            }
        }
        Object sessions = Reflected.call(context, "getSessionHandler");
        if (sessions != null) {
            for (Object each : objects(sessions, "getEventListeners")) {
                if (seen.add(each)) {
                    all.add(each);
                }
            }
        }
        return DeclaredListeners.of(all, all, "the container's own instances");
    }

    /** Jetty's own settings are what its {@code SessionCookieConfig} shows. */
    @Override
    public CookieOverrides cookie() {
        return CookieOverrides.NONE;
    }

    @Override
    public Optional<String> authMethod() throws UnreadableException {
        Object security = Reflected.call(context, "getSecurityHandler");
        return security == null
                ? Optional.empty()
                : Optional.ofNullable(Reflected.text(security, "getAuthenticationType"));
    }

    @Override
    public Optional<String> route() throws UnreadableException {
        Object sessions = Reflected.call(context, "getSessionHandler");
        Object ids = sessions == null ? null : Reflected.call(sessions, "getSessionIdManager");
        String worker = ids == null ? null : Reflected.text(ids, "getWorkerName");
        // "$x" is not a name but says which request attribute holds one
        boolean isName = worker != null && !worker.equals(UNNAMED_WORKER) && !worker.startsWith("$");
        return isName ? Optional.ofNullable(worker) : Optional.empty();
    }

    @Override
    public boolean distributable() throws UnreadableException {
        if (Reflected.has(context, "isDistributable") && Reflected.is(context, "isDistributable")) {
            return true;
        }
        Object metaData = Reflected.has(context, "getMetaData") ? Reflected.call(context, "getMetaData") : null;
        return metaData != null && Reflected.is(metaData, "isDistributable");
    }

    @Override
    public Set<DispatcherType> dispatchers(String filterName) throws UnreadableException {
        Set<DispatcherType> found = EnumSet.noneOf(DispatcherType.class);
        for (Object mapping : objects(Reflected.get(context, "getServletHandler"), "getFilterMappings")) {
            if (!filterName.equals(Reflected.text(mapping, "getFilterName"))) {
                continue;
            }
            List<Object> types = objects(mapping, "getDispatcherTypes");
            if (types.isEmpty()) {
                // Servlet 6.0, 6.2.5: no dispatcher element means REQUEST
                found.add(DispatcherType.REQUEST);
            }
            for (Object each : types) {
                if (each instanceof DispatcherType type) {
                    found.add(type);
                }
            }
        }
        return found;
    }

    /**
     * Moves the filter's mappings before all others; answers whether they were not. Jetty calls initializers in a random
     * order when web.xml is metadata-complete, and lets a filter that an initializer adds overtake one that web.xml declares.
     */
    boolean putFirst(String filterName) throws UnreadableException {
        Object servlets = Reflected.get(context, "getServletHandler");
        if (!(Reflected.get(servlets, "getFilterMappings") instanceof Object[] mappings)) {
            throw new UnreadableException("the filter mappings are not an array", null);
        }
        List<Object> ours = new ArrayList<>();
        List<Object> others = new ArrayList<>();
        for (Object mapping : mappings) {
            boolean isOurs = filterName.equals(Reflected.text(mapping, "getFilterName"));
            (isOurs ? ours : others).add(mapping);
        }
        List<Object> wanted = new ArrayList<>(ours);
        wanted.addAll(others);
        if (wanted.equals(List.of(mappings))) {
            return false;
        }
        Reflected.set(servlets, "setFilterMappings", wanted.toArray(mappings.clone()));
        return true;
    }

    @Override
    public long nativeSessionsCreated() throws UnreadableException {
        Object sessions = Reflected.call(context, "getSessionHandler");
        if (sessions == null) {
            return 0;
        }
        if (Reflected.get(sessions, "getSessionsCreated") instanceof Number count) {
            return count.longValue();
        }
        throw new UnreadableException("the session counter is not a number", null);
    }

    private static List<Object> objects(Object target, String method) throws UnreadableException {
        Object answer = Reflected.call(target, method);
        if (answer == null) {
            return List.of();
        }
        if (answer instanceof Collection<?> objects) {
            return new ArrayList<>(objects);
        }
        if (answer instanceof Object[] objects) {
            return List.of(objects);
        }
        throw new UnreadableException(target.getClass().getName() + "." + method + "() is not a collection", null);
    }
}
