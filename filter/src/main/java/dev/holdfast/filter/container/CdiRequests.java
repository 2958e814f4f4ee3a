package dev.holdfast.filter.container;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CDI (Weld) in an application. Weld hears of a request from the container, before all filters, and keeps session scoped beans in
 * the session of that request: the container's own. While the filter chain runs it is therefore made to believe in a request of
 * ours, by the two calls with which the container tells it of a request's beginning and end. Thread-safe.
 */
public final class CdiRequests {

    private static final Logger LOG = LoggerFactory.getLogger(CdiRequests.class);

    /** By this name Weld leaves the listener that does its work in the context. */
    static final String WELD = "org.jboss.weld.module.web.servlet.WeldInitialListener";

    private final ServletContext context;
    private final ServletRequestListener weld;

    /**
     * Whether the container tells listeners of each asynchronous dispatch as of a request of its own, as Jetty does. Tomcat tells of
     * a request's beginning once, and of its end when asynchronous processing is over, in any thread.
     */
    private final boolean announcesAsync;

    private CdiRequests(ServletContext context, ServletRequestListener weld, boolean announcesAsync) {
        this.context = context;
        this.weld = weld;
        this.announcesAsync = announcesAsync;
    }

    /**
     * To be called when listeners have been told of the context's start, as in {@code Filter.init}.
     *
     * @return null if the application has no Weld
     */
    public static @Nullable CdiRequests of(ServletContext context) {
        Object found = context.getAttribute(WELD);
        if (!(found instanceof ServletRequestListener weld)) {
            return null;
        }
        LOG.info(
                "application '{}' has CDI (Weld): its session scope is kept in our sessions", context.getContextPath());
        boolean isJetty;
        try {
            isJetty = JettyContainer.of(context) != null;
        } catch (UnreadableException e) {
            isJetty = false;
        }
        return new CdiRequests(context, weld, isJetty);
    }

    /**
     * Runs the rest of a chain.
     *
     * @param containers the request that the container has told Weld of
     * @param ours the same with a session of ours
     * @throws RuntimeException also if the session cannot be read: Weld asks for it at the beginning of each request
     */
    public void doFilter(
            HttpServletRequest containers, HttpServletRequest ours, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // Here, where nothing has been changed yet that a failing store would leave in between.
        ours.getSession(false);
        boolean isAnnounced = announcesAsync || ours.getDispatcherType() != DispatcherType.ASYNC;
        if (isAnnounced) {
            weld.requestDestroyed(event(containers));
        }
        try {
            weld.requestInitialized(event(ours));
            try {
                chain.doFilter(ours, response);
            } finally {
                weld.requestDestroyed(event(ours));
            }
        } finally {
            // The container is going to tell Weld of the end of its request in this thread, unless it is to go on.
            if (isAnnounced && (announcesAsync || !containers.isAsyncStarted())) {
                weld.requestInitialized(event(containers));
            }
        }
    }

    private ServletRequestEvent event(ServletRequest request) {
        return new ServletRequestEvent(context, request);
    }
}
