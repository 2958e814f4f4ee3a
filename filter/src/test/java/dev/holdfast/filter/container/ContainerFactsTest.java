package dev.holdfast.filter.container;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With objects that have the shapes of containers; the real ones are asked by the HTTP suite. */
class ContainerFactsTest {

    private final CollectedLog log = new CollectedLog();
    private final Logger logger = Logger.getLogger("dev.holdfast.filter.container");

    @BeforeEach
    void collectTheLog() {
        logger.setUseParentHandlers(false);
        logger.addHandler(log);
    }

    @AfterEach
    void leaveTheLog() {
        logger.removeHandler(log);
        logger.setUseParentHandlers(true);
    }

    @Test
    void tomcatsListsAreKeptApart() {
        Everything both = new Everything();
        SessionOnly session = new SessionOnly();
        TomcatContext tomcat = new TomcatContext();
        tomcat.lifecycle = new Object[] {session, new Object()};
        tomcat.events = new Object[] {both};

        ContainerFacts facts = ContainerFacts.read(tomcat.filter(), List.of());

        assertThat(facts.listeners().session()).containsExactly(session);
        assertThat(facts.listeners().attribute()).containsExactly(both);
        assertThat(facts.listeners().id()).containsExactly(both);
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void ourOwnListenerIsAboutNativeSessionsAndNotAmongThem() {
        TomcatContext tomcat = new TomcatContext();
        tomcat.lifecycle = new Object[] {new NativeSessionWarning(), new SessionOnly()};

        assertThat(ContainerFacts.read(tomcat.filter(), List.of()).listeners().session())
                .hasSize(1)
                .hasOnlyElementsOfType(SessionOnly.class);
    }

    @Test
    void tomcatTellsCookieRouteLoginAndCount() {
        TomcatContext tomcat = new TomcatContext();

        ContainerFacts facts = ContainerFacts.read(tomcat.filter(), List.of());

        assertThat(facts.cookie()).isEqualTo(new CookieOverrides("SID", "/shop", null, true, true, false));
        assertThat(facts.route()).isEqualTo("node7");
        assertThat(facts.loginUsesNativeSession()).isTrue();
        assertThat(facts.distributable()).isTrue();
        assertThat(facts.nativeSessionsCreated()).hasValue(41);
    }

    @Test
    void oneThingThatTomcatDoesNotTellHidesNothingElse() {
        TomcatContext tomcat = new TomcatContext();
        tomcat.cookieTrouble = true;

        ContainerFacts facts = ContainerFacts.read(tomcat.filter(), List.of());

        assertThat(facts.cookie()).isEqualTo(CookieOverrides.NONE);
        assertThat(facts.route()).isEqualTo("node7");
        assertThat(log.text()).contains("its session cookie's settings cannot be read");
    }

    @Test
    void jettysTwoListsAreOneWithoutRepetition() {
        Everything both = new Everything();
        SessionOnly late = new SessionOnly();
        JettyHandler jetty = new JettyHandler();
        jetty.listeners.add(both);
        jetty.sessions.listeners.addAll(List.of(both, late));

        ContainerFacts facts = ContainerFacts.read(jetty.filter(), List.of());

        assertThat(facts.listeners().session()).containsExactly(both, late);
        assertThat(facts.listeners().attribute()).containsExactly(both);
        assertThat(facts.listeners().id()).containsExactly(both);
        assertThat(facts.nativeSessionsCreated()).hasValue(3);
    }

    @Test
    void jettysNameForEveryUnnamedNodeIsNoRoute() {
        JettyHandler jetty = new JettyHandler();
        assertThat(ContainerFacts.read(jetty.filter(), List.of()).route()).isNull();

        jetty.sessions.ids.worker = "$worker";
        assertThat(ContainerFacts.read(jetty.filter(), List.of()).route()).isNull();

        jetty.sessions.ids.worker = "east-1";
        assertThat(ContainerFacts.read(jetty.filter(), List.of()).route()).isEqualTo("east-1");
    }

    @Test
    void aJettyWithoutSessionsAndSecurityIsReadAsFarAsItGoes() {
        JettyHandler jetty = new JettyHandler();
        jetty.sessions = null;
        jetty.listeners.add(new SessionOnly());

        ContainerFacts facts = ContainerFacts.read(jetty.filter(), List.of());

        assertThat(facts.listeners().session()).hasSize(1);
        assertThat(facts.route()).isNull();
        assertThat(facts.loginUsesNativeSession()).isFalse();
        assertThat(facts.nativeSessionsCreated()).hasValue(0);
    }

    @Test
    void elsewhereListenersAreMadeFromTheirNames() {
        Elsewhere elsewhere = new Elsewhere();

        ContainerFacts facts = ContainerFacts.read(
                elsewhere.filter(), List.of(Everything.class.getName(), "com.example.Missing", String.class.getName()));

        assertThat(facts.listeners().session()).hasSize(1).hasOnlyElementsOfType(Everything.class);
        assertThat(facts.listeners().attribute()).hasSize(1);
        assertThat(facts.listeners().session().get(0))
                .isSameAs(facts.listeners().attribute().get(0));
        assertThat(log.warnings())
                .anySatisfy(line -> assertThat(line).contains("com.example.Missing"))
                .anySatisfy(line -> assertThat(line).contains("java.lang.String is not a session listener"));
    }

    @Test
    void elsewhereWithoutNamesTheOperatorIsToldWhatFollows() {
        ContainerFacts facts = ContainerFacts.read(new Elsewhere().filter(), List.of());

        assertThat(facts.listeners().isEmpty()).isTrue();
        assertThat(facts.cookie()).isEqualTo(CookieOverrides.NONE);
        assertThat(facts.route()).isNull();
        assertThat(facts.distributable()).isFalse();
        assertThat(facts.nativeSessionsCreated()).isEmpty();
        assertThat(log.warnings()).hasSize(1).first().asString().contains("init-param listeners");
    }

    @Test
    void aMappingWithoutRequestsIsWarnedOf() {
        TomcatContext tomcat = new TomcatContext();
        tomcat.mappings = new Object[] {new TomcatMapping("other", "REQUEST"), new TomcatMapping("session", "FORWARD")};
        ContainerFacts.read(tomcat.filter(), List.of());
        assertThat(log.warnings()).hasSize(1).first().asString().contains("not to REQUEST");

        log.records.clear();
        tomcat.mappings = new Object[] {new TomcatMapping("session", "FORWARD"), new TomcatMapping("session")};
        ContainerFacts.read(tomcat.filter(), List.of());
        assertThat(log.warnings()).isEmpty();

        JettyHandler jetty = new JettyHandler();
        jetty.mappings = new JettyMapping[] {new JettyMapping("session", EnumSet.of(DispatcherType.ERROR))};
        ContainerFacts.read(jetty.filter(), List.of());
        assertThat(log.warnings()).hasSize(1).first().asString().contains("[ERROR] but not to REQUEST");
    }

    @Test
    void onJettyTheFilterIsMovedBeforeThoseThatOthersPutFirst() throws Exception {
        JettyHandler jetty = new JettyHandler();
        EnumSet<DispatcherType> all = EnumSet.allOf(DispatcherType.class);
        JettyMapping other = new JettyMapping("other", all);
        JettyMapping ours = new JettyMapping("session", all);
        jetty.mappings = new JettyMapping[] {other, ours};
        JettyContainer container = JettyContainer.of(jetty.filter().getServletContext());

        assertThat(container.putFirst("session")).isTrue();
        assertThat(jetty.mappings).containsExactly(ours, other);
        assertThat(container.putFirst("session")).isFalse();
    }

    // ---- the shapes -------------------------------------------------------------------------------------------------

    public static final class Everything
            implements HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener {
        @Override
        public void sessionIdChanged(HttpSessionEvent event, String oldId) {}
    }

    public static final class SessionOnly implements HttpSessionListener {}

    /** What is behind the context attribute of Tomcat's resources. */
    public static final class TomcatContext {
        Object[] lifecycle = {};
        Object[] events = {};
        Object[] mappings = {new TomcatMapping("session", "REQUEST", "ASYNC")};
        boolean cookieTrouble;

        FilterConfig filter() {
            return filterOf(context("Apache Tomcat/10.1", new TomcatResources(this)));
        }

        public Object[] getApplicationLifecycleListeners() {
            return lifecycle;
        }

        public Object[] getApplicationEventListeners() {
            return events;
        }

        public String getSessionCookieName() {
            if (cookieTrouble) {
                throw new IllegalStateException("no cookies today");
            }
            return "SID";
        }

        public String getSessionCookiePath() {
            return "/shop";
        }

        public String getSessionCookieDomain() {
            return null;
        }

        public boolean getUseHttpOnly() {
            return true;
        }

        public boolean getUsePartitioned() {
            return true;
        }

        public boolean getSessionCookiePathUsesTrailingSlash() {
            return false;
        }

        public boolean getDistributable() {
            return true;
        }

        public Object getLoginConfig() {
            return new Login();
        }

        public Object getParent() {
            return new Host();
        }

        public Object getManager() {
            return new SessionCounter();
        }

        public Object[] findFilterMaps() {
            return mappings;
        }
    }

    public record TomcatResources(Object getContext) {}

    public static final class Login {
        public String getAuthMethod() {
            return "form";
        }
    }

    public static final class Host {
        public Object getParent() {
            return new Engine();
        }
    }

    public static final class Engine {
        public Object getParent() {
            return null;
        }

        public String getJvmRoute() {
            return "node7";
        }
    }

    public static final class SessionCounter {
        public long getSessionCounter() {
            return 41;
        }
    }

    public static final class TomcatMapping {
        private final String filter;
        private final String[] dispatchers;

        TomcatMapping(String filter, String... dispatchers) {
            this.filter = filter;
            this.dispatchers = dispatchers;
        }

        public String getFilterName() {
            return filter;
        }

        public String[] getDispatcherNames() {
            return dispatchers;
        }
    }

    public interface JettyContext extends ServletContext {
        Object getContextHandler();
    }

    public static final class JettyHandler {
        final List<EventListener> listeners = new ArrayList<>();
        JettySessions sessions = new JettySessions();
        JettyMapping[] mappings = {new JettyMapping("session", EnumSet.allOf(DispatcherType.class))};

        FilterConfig filter() {
            return filterOf((ServletContext) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {JettyContext.class},
                    (proxy, method, args) ->
                            method.getName().equals("getContextHandler") ? this : answer(method, "jetty/12.1", null)));
        }

        public Collection<EventListener> getEventListeners() {
            return listeners;
        }

        public JettySessions getSessionHandler() {
            return sessions;
        }

        public Object getSecurityHandler() {
            return null;
        }

        public boolean isDistributable() {
            return false;
        }

        public JettyHandler getServletHandler() {
            return this;
        }

        public JettyMapping[] getFilterMappings() {
            return mappings;
        }

        public void setFilterMappings(JettyMapping[] newMappings) {
            mappings = newMappings;
        }
    }

    public static final class JettySessions {
        final List<EventListener> listeners = new ArrayList<>();
        final JettyIds ids = new JettyIds();

        public List<EventListener> getEventListeners() {
            return listeners;
        }

        public JettyIds getSessionIdManager() {
            return ids;
        }

        public int getSessionsCreated() {
            return 3;
        }
    }

    public static final class JettyIds {
        String worker = "node0";

        public String getWorkerName() {
            return worker;
        }
    }

    public record JettyMapping(String getFilterName, EnumSet<DispatcherType> getDispatcherTypes) {}

    private static final class Elsewhere {
        FilterConfig filter() {
            return filterOf(context("SomeServer/1", null));
        }
    }

    private static FilterConfig filterOf(ServletContext context) {
        return (FilterConfig) Proxy.newProxyInstance(
                ContainerFactsTest.class.getClassLoader(),
                new Class<?>[] {FilterConfig.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "getFilterName" -> "session";
                    case "getServletContext" -> context;
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    private static ServletContext context(String server, Object resources) {
        return (ServletContext) Proxy.newProxyInstance(
                ContainerFactsTest.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, args) -> method.getName().equals("createListener")
                        ? ((Class<?>) args[0]).getDeclaredConstructor().newInstance()
                        : answer(method, server, resources));
    }

    private static Object answer(Method method, String server, Object resources) {
        return switch (method.getName()) {
            case "getContextPath" -> "/shop";
            case "getServerInfo" -> server;
            case "getAttribute" -> resources;
            case "getClassLoader" -> ContainerFactsTest.class.getClassLoader();
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    private static final class CollectedLog extends Handler {
        private final List<LogRecord> records = new ArrayList<>();

        List<String> warnings() {
            return records.stream()
                    .filter(record -> record.getLevel().intValue() >= Level.WARNING.intValue())
                    .map(new SimpleFormatter()::formatMessage)
                    .toList();
        }

        String text() {
            return records.stream()
                    .map(new SimpleFormatter()::formatMessage)
                    .toList()
                    .toString();
        }

        @Override
        public void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
