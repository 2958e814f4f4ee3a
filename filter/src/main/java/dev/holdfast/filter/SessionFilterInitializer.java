package dev.holdfast.filter;

import dev.holdfast.filter.container.FirstFilter;
import dev.holdfast.filter.container.NativeSessionWarning;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs the session filter in an application that nobody edited. Containers find it by {@code META-INF/services} and call it
 * before the application's own code.
 *
 * <ul>
 *   <li>A filter that web.xml declares and maps stays as it is: web.xml wins.
 *   <li>One that web.xml only declares is mapped, before all other filters, to all URLs and all kinds of dispatch.
 *   <li>With none declared, and {@code holdfast.store} set as a system property, as context-param, or as the environment
 *       variable {@code HOLDFAST_STORE}, the filter is added and mapped in the same way.
 *   <li>Otherwise nothing happens.
 * </ul>
 *
 * <p>Where there is a filter of ours, context-params that begin with {@code holdfast.} become init-params of it unless it has them,
 * and a listener tells when somebody makes a session of the container's own.
 *
 * <p>An initializer, because filters of a web-fragment.xml run after the application's own, which would take the container's
 * session first. Not called by Jetty without its annotations module, nor by the containers that Spring Boot embeds.
 */
public final class SessionFilterInitializer implements ServletContainerInitializer {

    private static final Logger LOG = LoggerFactory.getLogger(SessionFilterInitializer.class);

    static final String FILTER_CLASS = "dev.holdfast.filter.SessionFilter";
    static final String FILTER_NAME = "holdfast";
    private static final String PREFIX = "holdfast.";
    private static final String STORE = PREFIX + "store";
    private static final String STORE_VARIABLE = "HOLDFAST_STORE";

    private final UnaryOperator<@Nullable String> property;
    private final UnaryOperator<@Nullable String> variable;

    /** For containers. */
    public SessionFilterInitializer() {
        this(System::getProperty, System::getenv);
    }

    SessionFilterInitializer(UnaryOperator<@Nullable String> property, UnaryOperator<@Nullable String> variable) {
        this.property = property;
        this.variable = variable;
    }

    @Override
    public void onStartup(@Nullable Set<Class<?>> unused, ServletContext context) throws ServletException {
        Map<String, String> settings = settings(context);
        boolean declared = false;
        boolean enabled = false;
        for (FilterRegistration each : context.getFilterRegistrations().values()) {
            if (FILTER_CLASS.equals(each.getClassName())) {
                declared = true;
                settings.forEach(each::setInitParameter);
                enabled |= Startup.isEnabled(each.getInitParameters());
                if (each.getUrlPatternMappings().isEmpty()
                        && each.getServletNameMappings().isEmpty()) {
                    map(each, context);
                }
            }
        }
        if (!declared
                && (isSet(property.apply(STORE))
                        || isSet(variable.apply(STORE_VARIABLE))
                        || settings.containsKey("store"))) {
            add(context, settings);
            enabled = Startup.isEnabled(settings);
        }
        if (enabled) {
            context.addListener(new NativeSessionWarning());
        }
    }

    private static void add(ServletContext context, Map<String, String> settings) throws ServletException {
        FilterRegistration.Dynamic added = context.addFilter(FILTER_NAME, FILTER_CLASS);
        if (added == null) {
            throw new ServletException("application '" + context.getContextPath() + "' has a filter by the name '"
                    + FILTER_NAME + "' of another class; rename it, or declare " + FILTER_CLASS + " in web.xml");
        }
        settings.forEach(added::setInitParameter);
        added.setAsyncSupported(true);
        map(added, context);
    }

    private static void map(FilterRegistration filter, ServletContext context) {
        filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
        LOG.info(
                "session filter '{}' put before the filters of application '{}', for all URLs and dispatches",
                filter.getName(),
                context.getContextPath());
        context.addListener(new FirstFilter(context, filter.getName()));
    }

    /** The context-params that are settings, without their prefix. An empty one counts as not given. */
    private static Map<String, String> settings(ServletContext context) {
        Map<String, String> found = new TreeMap<>();
        for (String name : Collections.list(context.getInitParameterNames())) {
            String value = context.getInitParameter(name);
            if (name.startsWith(PREFIX) && isSet(value)) {
                found.put(name.substring(PREFIX.length()), value);
            }
        }
        return found;
    }

    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
