package dev.holdfast.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.filter.container.FirstFilter;
import dev.holdfast.filter.container.NativeSessionWarning;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SessionFilterInitializerTest {

    private final Map<String, String> properties = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final Application application = new Application();

    @Test
    void withoutASettingAndWithoutAFilterNothingIsRegistered() throws ServletException {
        application.contextParams.put("unrelated", "x");
        properties.put("holdfast.store", " ");

        start();

        assertThat(application.filters).isEmpty();
        assertThat(application.listeners).isEmpty();
    }

    @Test
    void aStoreInASystemPropertyAddsTheFilterBeforeAllOthers() throws ServletException {
        properties.put("holdfast.store", "local");

        start();

        assertAddedBeforeAllOthers();
        assertThat(application.filters.get("holdfast").initParams).isEmpty();
    }

    @Test
    void aStoreInTheEnvironmentAddsTheFilter() throws ServletException {
        environment.put("HOLDFAST_STORE", "local");

        start();

        assertAddedBeforeAllOthers();
    }

    @Test
    void contextParamsAddTheFilterAndBecomeItsSettings() throws ServletException {
        application.contextParams.put("holdfast.store", "local");
        application.contextParams.put("holdfast.cookie-name", "SID");
        application.contextParams.put("other.setting", "x");

        start();

        assertAddedBeforeAllOthers();
        assertThat(application.filters.get("holdfast").initParams)
                .isEqualTo(Map.of("store", "local", "cookie-name", "SID"));
    }

    @Test
    void aFilterMappedInWebXmlStaysAsItIs() throws ServletException {
        properties.put("holdfast.store", "local");
        Filter mine = application.declare("mine", SessionFilterInitializer.FILTER_CLASS);
        mine.patterns.add("/app/*");

        start();

        assertThat(application.filters).containsOnlyKeys("mine");
        assertThat(mine.mappings).isEmpty();
        assertThat(application.listeners).hasSize(1);
    }

    @Test
    void aFilterMappedToAServletStaysAsItIs() throws ServletException {
        Filter mine = application.declare("mine", SessionFilterInitializer.FILTER_CLASS);
        mine.servlets.add("cart");

        start();

        assertThat(mine.mappings).isEmpty();
    }

    @Test
    void aFilterThatIsOnlyDeclaredIsMapped() throws ServletException {
        Filter mine = application.declare("mine", SessionFilterInitializer.FILTER_CLASS);
        mine.initParams.put("store", "local");

        start();

        assertThat(application.filters).containsOnlyKeys("mine");
        assertThat(mine.mappings).containsExactly("/* " + EnumSet.allOf(DispatcherType.class) + " before");
        assertThat(application.listeners).hasSize(2);
    }

    @Test
    void initParamsOfWebXmlWinOverContextParams() throws ServletException {
        application.contextParams.put("holdfast.store", "local");
        application.contextParams.put("holdfast.timeout", "2s");
        Filter mine = application.declare("mine", SessionFilterInitializer.FILTER_CLASS);
        mine.initParams.put("store", "peer://228.0.0.4:45564");

        start();

        assertThat(mine.initParams).isEqualTo(Map.of("store", "peer://228.0.0.4:45564", "timeout", "2s"));
    }

    @Test
    void otherFiltersAreLeftAlone() throws ServletException {
        Filter other = application.declare("encoding", "com.example.EncodingFilter");
        application.contextParams.put("holdfast.store", "local");

        start();

        assertThat(other.mappings).isEmpty();
        assertThat(other.initParams).isEmpty();
        assertThat(application.filters).containsOnlyKeys("encoding", "holdfast");
    }

    @Test
    void aForeignFilterByOurNameIsNamedInTheError() {
        application.declare("holdfast", "com.example.Holdfast");
        properties.put("holdfast.store", "local");

        assertThatThrownBy(this::start)
                .isInstanceOf(ServletException.class)
                .hasMessageContaining("'/shop'")
                .hasMessageContaining("rename it");
    }

    @Test
    void containersFindTheInitializer() {
        assertThat(java.util.ServiceLoader.load(jakarta.servlet.ServletContainerInitializer.class))
                .hasOnlyElementsOfType(SessionFilterInitializer.class)
                .hasSize(1);
    }

    private void start() throws ServletException {
        new SessionFilterInitializer(properties::get, environment::get).onStartup(null, application.context());
    }

    private void assertAddedBeforeAllOthers() {
        assertThat(application.filters).containsOnlyKeys("holdfast");
        Filter added = application.filters.get("holdfast");
        assertThat(added.className).isEqualTo("dev.holdfast.filter.SessionFilter");
        assertThat(added.async).isTrue();
        assertThat(added.mappings).containsExactly("/* " + EnumSet.allOf(DispatcherType.class) + " before");
        assertThat(application.listeners)
                .hasSize(2)
                .hasOnlyElementsOfTypes(FirstFilter.class, NativeSessionWarning.class);
    }

    /** What a container knows of one application while initializers run. */
    private static final class Application {
        final Map<String, String> contextParams = new TreeMap<>();
        final Map<String, Filter> filters = new LinkedHashMap<>();
        final List<Object> listeners = new ArrayList<>();

        Filter declare(String name, String className) {
            Filter filter = new Filter(name, className);
            filters.put(name, filter);
            return filter;
        }

        ServletContext context() {
            return proxy(ServletContext.class, this::answer);
        }

        private Object answer(Method method, Object[] args) {
            return switch (method.getName()) {
                case "getContextPath" -> "/shop";
                case "getInitParameterNames" -> Collections.enumeration(contextParams.keySet());
                case "getInitParameter" -> contextParams.get((String) args[0]);
                case "getFilterRegistrations" -> {
                    Map<String, FilterRegistration> all = new LinkedHashMap<>();
                    filters.forEach((name, filter) -> all.put(name, filter.registration()));
                    yield all;
                }
                case "addFilter" ->
                    filters.containsKey((String) args[0])
                            ? null
                            : declare((String) args[0], (String) args[1]).registration();
                case "addListener" -> listeners.add(args[0]) ? null : null;
                default -> throw new UnsupportedOperationException(method.toString());
            };
        }
    }

    private static final class Filter {
        final String name;
        final String className;
        final Map<String, String> initParams = new TreeMap<>();
        final List<String> patterns = new ArrayList<>();
        final List<String> servlets = new ArrayList<>();
        final List<String> mappings = new ArrayList<>();
        boolean async;

        Filter(String name, String className) {
            this.name = name;
            this.className = className;
        }

        FilterRegistration.Dynamic registration() {
            return proxy(FilterRegistration.Dynamic.class, this::answer);
        }

        private Object answer(Method method, Object[] args) {
            return switch (method.getName()) {
                case "getName" -> name;
                case "getClassName" -> className;
                case "getUrlPatternMappings" -> patterns;
                case "getServletNameMappings" -> servlets;
                case "getInitParameters" -> initParams;
                case "setInitParameter" -> initParams.putIfAbsent((String) args[0], (String) args[1]) == null;
                case "setAsyncSupported" -> {
                    async = (Boolean) args[0];
                    yield null;
                }
                case "addMappingForUrlPatterns" -> {
                    String where = (Boolean) args[1] ? " after" : " before";
                    mappings.add(String.join(",", (String[]) args[2]) + " " + args[0] + where);
                    yield null;
                }
                default -> throw new UnsupportedOperationException(method.toString());
            };
        }
    }

    private interface Answers {
        Object answer(Method method, Object[] args);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> answers.answer(method, args)));
    }
}
