package dev.holdfast.filter.container;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import java.util.EventListener;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a container tells about one application beyond the servlet API, read once, in {@code Filter.init}: earlier the lists of
 * listeners are incomplete. What cannot be read has the value that is right for most applications, and a line in the log says
 * what follows; nothing here ever fails an application's start. Immutable and thread-safe.
 */
public final class ContainerFacts {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerFacts.class);

    /** Logins that keep their state in the container's own session. */
    private static final Set<String> SESSION_LOGINS = Set.of("FORM", "OPENID", "SIWE");

    private final Container container;
    private final String application;
    private final DeclaredListeners listeners;
    private final CookieOverrides cookie;
    private final Optional<String> authMethod;
    private final Optional<String> route;
    private final boolean distributable;

    private ContainerFacts(Container container, FilterConfig filter, List<String> listenerClasses) {
        ServletContext context = filter.getServletContext();
        this.container = container;
        this.application = context.getContextPath();
        this.listeners = listeners(context, listenerClasses);
        this.cookie = ask(
                "its session cookie's settings",
                container::cookie,
                CookieOverrides.NONE,
                "only <session-config> and the init-params cookie-* count");
        this.authMethod = ask(
                "its login",
                container::authMethod,
                Optional.empty(),
                "if the application uses FORM login of the container, set the init-param cookie-name to a name of its own");
        this.route = ask(
                "this node's name",
                container::route,
                Optional.empty(),
                "unless the init-param route is set, a random one is used");
        this.distributable = ask(
                "<distributable/>",
                container::distributable,
                false,
                "attributes that cannot be serialized stay on this node, unless the init-param unserializable says otherwise");
        warnOfMapping(filter.getFilterName());
    }

    /**
     * Reads everything, and logs what was found and what was not.
     *
     * @param listenerClasses the classes of the application's session listeners, in declaration order; used only where the
     *     container does not give its instances, which then get instances of their own
     */
    public static ContainerFacts read(FilterConfig filter, List<String> listenerClasses) {
        return new ContainerFacts(find(filter.getServletContext()), filter, listenerClasses);
    }

    /** The application's session listeners. */
    public DeclaredListeners listeners() {
        return listeners;
    }

    /** What the container's configuration sets about the session cookie, past the servlet API. */
    public CookieOverrides cookie() {
        return cookie;
    }

    /**
     * Whether the container itself logs users in, and remembers that in a session of its own (FORM login): then its session cookie
     * exists beside ours, and ours needs another name.
     */
    public boolean loginUsesNativeSession() {
        return authMethod.isPresent()
                && SESSION_LOGINS.contains(authMethod.get().toUpperCase(Locale.ROOT));
    }

    /**
     * What the container calls this node in session ids: Tomcat's jvmRoute, Jetty's worker name. Null if it has none that tells
     * this node from others (every unnamed Jetty is {@code node0}). Not checked for characters.
     */
    public @Nullable String route() {
        return route.orElse(null);
    }

    /** Whether web.xml says {@code <distributable/>}. */
    public boolean distributable() {
        return distributable;
    }

    /** How many sessions the container itself has made for this application so far; empty if it does not tell. */
    public OptionalLong nativeSessionsCreated() {
        try {
            return OptionalLong.of(container.nativeSessionsCreated());
        } catch (UnreadableException e) {
            LOG.debug("the container's session count cannot be read", e);
            return OptionalLong.empty();
        }
    }

    private static Container find(ServletContext context) {
        try {
            Container tomcat = TomcatContainer.of(context);
            if (tomcat != null) {
                return tomcat;
            }
            Container jetty = JettyContainer.of(context);
            return jetty != null
                    ? jetty
                    : new UnknownContainer("there is no known way into " + context.getServerInfo());
        } catch (UnreadableException e) {
            return new UnknownContainer(String.valueOf(e.getMessage()));
        }
    }

    private DeclaredListeners listeners(ServletContext context, List<String> listenerClasses) {
        try {
            DeclaredListeners found = container.listeners();
            LOG.info(
                    "application '{}' on {} ({}): session listeners {}, attribute listeners {}, id listeners {}: {}",
                    application,
                    context.getServerInfo(),
                    container.kind(),
                    classes(found.session()),
                    classes(found.attribute()),
                    classes(found.id()),
                    found.how());
            if (!listenerClasses.isEmpty()) {
                LOG.info(
                        "the init-param listeners is not needed here, and not used: the container's own instances are called");
            }
            return found;
        } catch (UnreadableException e) {
            DeclaredListeners made = NamedListeners.make(context, listenerClasses);
            if (listenerClasses.isEmpty()) {
                LOG.warn(
                        "application '{}': its session listeners cannot be read ({}), and are not called; name their classes"
                                + " in the init-param listeners",
                        application,
                        e.getMessage());
            } else {
                LOG.info(
                        "application '{}': its session listeners cannot be read ({}); made from the init-param listeners:"
                                + " session listeners {}, attribute listeners {}, id listeners {}",
                        application,
                        e.getMessage(),
                        classes(made.session()),
                        classes(made.attribute()),
                        classes(made.id()));
            }
            return made;
        }
    }

    private void warnOfMapping(String filterName) {
        Set<DispatcherType> all = Set.of(DispatcherType.values());
        Set<DispatcherType> mapped =
                ask("the filter's mapping", () -> container.dispatchers(filterName), all, "it is not checked");
        if (mapped.isEmpty()) {
            LOG.warn(
                    "filter '{}' in application '{}' has no mapping for URLs: it does nothing",
                    filterName,
                    application);
        } else if (!mapped.contains(DispatcherType.REQUEST)) {
            LOG.warn(
                    "filter '{}' in application '{}' is mapped to {} but not to REQUEST: requests get the container's own"
                            + " session. Add <dispatcher>REQUEST</dispatcher> to its mapping",
                    filterName,
                    application,
                    mapped);
        }
    }

    private <T> T ask(String what, Question<T> question, T otherwise, String consequence) {
        try {
            return question.ask();
        } catch (UnreadableException e) {
            LOG.info("application '{}': {} cannot be read ({}): {}", application, what, e.getMessage(), consequence);
            return otherwise;
        }
    }

    private static List<String> classes(List<? extends EventListener> listeners) {
        return listeners.stream().map(each -> each.getClass().getName()).toList();
    }

    private interface Question<T> {
        T ask() throws UnreadableException;
    }
}
