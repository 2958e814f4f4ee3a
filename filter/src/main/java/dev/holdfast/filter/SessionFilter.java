package dev.holdfast.filter;

import dev.holdfast.filter.container.CdiRequests;
import dev.holdfast.filter.health.Health;
import dev.holdfast.filter.http.Dispatches;
import dev.holdfast.spi.SettingsException;
import dev.holdfast.spi.StoreException;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Gives an application sessions that survive the death of its server. To be declared first in web.xml, mapped to {@code /*} and
 * all five dispatchers, with {@code async-supported}; its init-params are the settings.
 *
 * <p>Thread-safe between {@link #init} and {@link #destroy}, as the container guarantees their order.
 */
public final class SessionFilter implements Filter {

    private @Nullable Startup running;
    private @Nullable Dispatches dispatches;
    private boolean disabled;

    /** For containers. */
    public SessionFilter() {}

    /**
     * Reads the settings, opens the store and starts.
     *
     * @throws ServletException if that is not possible, with everything that is wrong in its message
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        try {
            if (!Startup.isEnabled(config)) {
                disabled = true;
                return;
            }
            Startup started = Startup.of(config);
            running = started;
            config.getServletContext().setAttribute(Health.ATTRIBUTE, started.health());
            dispatches = new Dispatches(
                    started.application(),
                    request -> !started.ignore().isEmpty() && started.ignore().matches(path(request)),
                    CdiRequests.of(config.getServletContext()));
        } catch (SettingsException | StoreException e) {
            throw new ServletException("session filter '" + config.getFilterName() + "': " + e.getMessage(), e);
        }
    }

    /** Within the context, decoded, as the container maps servlets by it. */
    static String path(HttpServletRequest request) {
        String pathInfo = request.getPathInfo();
        return pathInfo == null ? request.getServletPath() : request.getServletPath() + pathInfo;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Dispatches ready = dispatches;
        if (disabled) {
            chain.doFilter(request, response);
            return;
        }
        if (ready == null) {
            throw new ServletException("the session filter has not been initialized");
        }
        ready.doFilter(request, response, chain);
    }

    /** Ends no session, unless {@code expire-on-stop} says so. When it returns, nothing of the filter runs any more. Idempotent. */
    @Override
    public void destroy() {
        Startup open = running;
        if (open == null) {
            return;
        }
        open.application().context().removeAttribute(Health.ATTRIBUTE);
        open.close();
    }
}
