package dev.holdfast.filter.container;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat 10.1 and 11. The way in is the application's resources, which stand in a context attribute and know their {@code
 * Context}.
 */
final class TomcatContainer implements Container {

    private static final String RESOURCES = "org.apache.catalina.resources";

    /** Tomcat's {@code Context}. */
    private final Object context;

    private TomcatContainer(Object context) {
        this.context = context;
    }

    static @Nullable TomcatContainer of(ServletContext application) throws UnreadableException {
        Object resources = application.getAttribute(RESOURCES);
        return resources == null ? null : new TomcatContainer(Reflected.get(resources, "getContext"));
    }

    @Override
    public String kind() {
        return "Tomcat";
    }

    /**
     * Tomcat keeps two lists, and an object can stand in both: one that was added by code as a session listener and declared
     * as an attribute listener, say. So each kind is taken only from the list that Tomcat calls for it.
     */
    @Override
    public DeclaredListeners listeners() throws UnreadableException {
        return DeclaredListeners.of(
                objects("getApplicationLifecycleListeners"),
                objects("getApplicationEventListeners"),
                "the container's own instances");
    }

    @Override
    public CookieOverrides cookie() throws UnreadableException {
        return new CookieOverrides(
                Reflected.text(context, "getSessionCookieName"),
                Reflected.text(context, "getSessionCookiePath"),
                Reflected.text(context, "getSessionCookieDomain"),
                Reflected.is(context, "getUseHttpOnly"),
                // came with 10.1.9
                Reflected.has(context, "getUsePartitioned") && Reflected.is(context, "getUsePartitioned"),
                Reflected.is(context, "getSessionCookiePathUsesTrailingSlash"));
    }

    @Override
    public Optional<String> authMethod() throws UnreadableException {
        Object login = Reflected.call(context, "getLoginConfig");
        return login == null ? Optional.empty() : Optional.ofNullable(Reflected.text(login, "getAuthMethod"));
    }

    /** {@code <Engine jvmRoute>}: the engine is the outermost parent but for containers that embed Tomcat without one. */
    @Override
    public Optional<String> route() throws UnreadableException {
        for (Object each = context; each != null; each = Reflected.call(each, "getParent")) {
            if (Reflected.has(each, "getJvmRoute")) {
                return Optional.ofNullable(Reflected.text(each, "getJvmRoute"));
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean distributable() throws UnreadableException {
        return Reflected.is(context, "getDistributable");
    }

    @Override
    public Set<DispatcherType> dispatchers(String filterName) throws UnreadableException {
        Set<DispatcherType> found = EnumSet.noneOf(DispatcherType.class);
        for (Object mapping : objects("findFilterMaps")) {
            if (!filterName.equals(Reflected.text(mapping, "getFilterName"))) {
                continue;
            }
            if (!(Reflected.get(mapping, "getDispatcherNames") instanceof String[] names)) {
                throw new UnreadableException("a filter mapping's dispatchers are not names", null);
            }
            if (names.length == 0) {
                // Servlet 6.0, 6.2.5: no dispatcher element means REQUEST
                found.add(DispatcherType.REQUEST);
            }
            for (String name : names) {
                found.add(DispatcherType.valueOf(name.toUpperCase(Locale.ROOT)));
            }
        }
        return found;
    }

    @Override
    public long nativeSessionsCreated() throws UnreadableException {
        if (Reflected.get(Reflected.get(context, "getManager"), "getSessionCounter") instanceof Number count) {
            return count.longValue();
        }
        throw new UnreadableException("the session counter is not a number", null);
    }

    private List<Object> objects(String method) throws UnreadableException {
        Object answer = Reflected.call(context, method);
        if (answer == null) {
            return List.of();
        }
        if (answer instanceof Object[] objects) {
            return Arrays.asList(objects);
        }
        throw new UnreadableException(context.getClass().getName() + "." + method + "() is not an array", null);
    }
}
