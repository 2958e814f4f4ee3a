package dev.holdfast.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SerializerProvider;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stops an application's start, and what is left of the filter after its end. */
class SessionFilterTest {

    private final Map<String, String> params = new HashMap<>();
    private Set<SessionTrackingMode> modes = Set.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL);
    private String cookieName;
    private String cookiePath;
    private boolean secure;

    private ServletContext context() {
        SessionCookieConfig cookie = (SessionCookieConfig) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SessionCookieConfig.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getName" -> cookieName;
                    case "getPath" -> cookiePath;
                    case "isSecure" -> secure;
                    case "isHttpOnly" -> false;
                    case "getMaxAge" -> -1;
                    case "getAttributes" -> Map.of();
                    default -> null;
                });
        return (ServletContext) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getContextPath" -> "/shop";
                    case "getSessionCookieConfig" -> cookie;
                    case "getEffectiveSessionTrackingModes" -> modes;
                    case "getSessionTimeout" -> 30;
                    case "getClassLoader" -> SessionFilterTest.class.getClassLoader();
                    case "getServerInfo" -> "a test";
                    case "getFilterRegistrations", "getServletRegistrations" -> Map.of();
                    default -> null;
                });
    }

    private FilterConfig config() {
        ServletContext context = context();
        return new FilterConfig() {
            @Override
            public String getFilterName() {
                return "session";
            }

            @Override
            public ServletContext getServletContext() {
                return context;
            }

            @Override
            public String getInitParameter(String name) {
                return params.get(name);
            }

            @Override
            public Enumeration<String> getInitParameterNames() {
                return Collections.enumeration(params.keySet());
            }
        };
    }

    private String refusal() {
        try {
            new SessionFilter().init(config());
        } catch (ServletException e) {
            return e.getMessage();
        }
        throw new AssertionError("it started");
    }

    @Test
    void everyProblemIsInOneMessage() {
        params.put("timeout", "5");
        params.put("near-cahce", "10");
        params.put("allow-classes", "not a class");
        params.put("store", "carrier-pigeon://home");
        assertThat(refusal())
                .contains("session")
                .contains("timeout")
                .contains("near-cache")
                .contains("allow-classes")
                .contains("local");
    }

    @Test
    void aSerializerThatIsNotHereIsRefusedWithWhatBringsIt() {
        params.put("serializer", "kryo");
        assertThat(refusal()).contains("serializer = \"kryo\"").contains("jdk").contains("holdfast-serializers");
    }

    @Test
    void aSerializerThatLacksItsLibraryIsRefusedWithTheNameOfTheArtifact() throws ServletException {
        params.put("serializer", "needy");
        assertThat(refusal()).contains("serializer = \"needy\"").contains("com.acme:bytes");
        params.clear(); // nobody who did not choose it is troubled
        SessionFilter filter = new SessionFilter();
        filter.init(config());
        filter.destroy();
    }

    /** Named in the services of these tests. */
    public static final class NeedyProvider implements SerializerProvider {

        @Override
        public String name() {
            return "needy";
        }

        @Override
        public Optional<String> missing() {
            return Optional.of("com.acme:bytes");
        }

        @Override
        public Serializer create(SerializerLimits limits) {
            throw new NoClassDefFoundError("com/acme/Bytes");
        }
    }

    @Test
    void trackingBySslIdIsRefused() {
        modes = Set.of(SessionTrackingMode.SSL);
        assertThat(refusal()).contains("SSL");
    }

    @Test
    void aCookieThatOtherApplicationsOverwriteIsRefused() {
        params.put("cookie-path", "/");
        assertThat(refusal()).contains("cookie-path").contains("cookie-name");
    }

    @ParameterizedTest
    @CsvSource({"cookie-name, SHOPID", "application, all-shops"})
    void aWiderPathIsFineWithANameOfItsOwnOrSharedSessions(String setting, String value) throws ServletException {
        cookiePath = "/";
        params.put(setting, value);
        SessionFilter filter = new SessionFilter();
        filter.init(config());
        filter.destroy();
    }

    @Test
    void aPrefixedCookieThatBrowsersWouldDropIsRefused() {
        params.put("cookie-name", "__Host-SID");
        assertThat(refusal()).contains("__Host-SID").contains("cookie-secure");
    }

    @Test
    void endsTwiceAndUnstartedWithoutHarm() throws ServletException {
        SessionFilter filter = new SessionFilter();
        assertThatCode(filter::destroy).doesNotThrowAnyException();
        filter.init(config());
        filter.destroy();
        assertThatCode(filter::destroy).doesNotThrowAnyException();
    }

    @Test
    void leavesNoThreadBehind() throws ServletException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        SessionFilter filter = new SessionFilter();
        filter.init(config());
        filter.destroy();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.isAlive() && !before.contains(thread))
                .filteredOn(thread -> thread.getName().contains("holdfast"))
                .isEmpty();
    }

    @Test
    void itsMetricsAreThereFromStartToEnd() throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName all = new ObjectName("dev.holdfast:context=/shop,*");
        SessionFilter filter = new SessionFilter();
        SessionFilter second = new SessionFilter();
        filter.init(config());
        second.init(config());

        assertThat(beans.queryNames(all, null))
                .extracting(name -> name.getKeyProperty("type") + name.getKeyProperty("instance"))
                .containsExactlyInAnyOrder("Sessionsnull", "Storenull", "Sessions2", "Store2");
        ObjectName sessions = new ObjectName("dev.holdfast:type=Sessions,context=/shop");
        assertThat(beans.getAttribute(sessions, "Application")).isEqualTo("shop");
        assertThat(beans.getAttribute(sessions, "Store")).isEqualTo("local");
        for (ObjectName name : beans.queryNames(all, null)) {
            for (MBeanAttributeInfo attribute : beans.getMBeanInfo(name).getAttributes()) {
                assertThat(beans.getAttribute(name, attribute.getName())).isNotNull();
            }
        }

        filter.destroy();
        second.destroy();
        assertThat(beans.queryNames(all, null)).isEmpty();
    }

    @Test
    void oneThatIsNotEnabledLetsRequestsThroughAndNeedsNoStore() throws Exception {
        params.put("enabled", "false");
        params.put("store", "carrier-pigeon://home");
        SessionFilter filter = new SessionFilter();
        filter.init(config());
        boolean[] passed = new boolean[1];
        filter.doFilter(null, null, (request, response) -> passed[0] = true);
        filter.destroy();

        assertThat(passed[0]).isTrue();
    }

    @Test
    void servesNothingBeforeItHasStarted() {
        assertThatThrownBy(() -> new SessionFilter().doFilter(null, null, null)).isInstanceOf(ServletException.class);
    }
}
