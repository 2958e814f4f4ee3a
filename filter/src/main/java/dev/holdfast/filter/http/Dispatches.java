package dev.holdfast.filter.http;

import dev.holdfast.filter.container.CdiRequests;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs the filter chain of each dispatch with a request and a response whose session is ours. A request of a client is
 * recognised in all its dispatches: by our wrapper around it, or, where the container dispatches with a request of its own
 * (error pages, asynchronous processing), by an attribute that the wrapper left there. Thread-safe.
 */
public final class Dispatches {

    private final WebApplication application;
    private final Predicate<HttpServletRequest> ignored;
    private final @Nullable CdiRequests cdi;

    /**
     * @param ignored requests that pass untouched, with the container's own objects
     * @param cdi null if the application has none
     */
    public Dispatches(WebApplication application, Predicate<HttpServletRequest> ignored, @Nullable CdiRequests cdi) {
        this.application = application;
        this.ignored = ignored;
        this.cdi = cdi;
    }

    /** What a filter's {@code doFilter} does. What the application throws comes out as it is. */
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        SessionRequest ours = SessionRequest.in(request, application);
        if (ours != null) {
            again(ours, request, response, chain);
        } else if (request instanceof HttpServletRequest httpRequest
                && response instanceof HttpServletResponse httpResponse) {
            first(httpRequest, httpResponse, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private void first(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        DispatcherType type = request.getDispatcherType();
        Exchange exchange = type == DispatcherType.REQUEST ? null : known(request);
        if (exchange != null) {
            exchange.resume(request, response);
        } else if (ignored.test(request)) {
            chain.doFilter(request, response);
            return;
        } else {
            exchange = new Exchange(application, request, response);
        }
        SessionResponse ourResponse = new SessionResponse(response, exchange);
        run(exchange, new SessionRequest(request, ourResponse, exchange), ourResponse, chain, type);
    }

    private @Nullable Exchange known(HttpServletRequest request) {
        // an object by that name that another application's class loader made is none of ours
        return request.getAttribute(application.exchangeAttribute()) instanceof Exchange exchange
                        && exchange.application() == application
                ? exchange
                : null;
    }

    /** A dispatch with our wrappers, which stay in place. */
    private void again(SessionRequest ours, ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Exchange exchange = ours.exchange();
        DispatcherType type = request.getDispatcherType();
        if (type == DispatcherType.ASYNC && !exchange.isRunning()) {
            run(exchange, request, response, chain, type);
            return;
        }
        chain.doFilter(request, response);
        if (type == DispatcherType.FORWARD && !request.isAsyncStarted()) {
            // The container closes or suspends the answer behind a forward: this is the last moment for another one.
            exchange.settle(false);
            ours.forwardEnded();
        }
    }

    private void run(
            Exchange exchange, ServletRequest request, ServletResponse response, FilterChain chain, DispatcherType type)
            throws IOException, ServletException {
        boolean errorPage = type == DispatcherType.ERROR;
        exchange.dispatchBegins(errorPage);
        try {
            // After a failure the target of an asynchronous dispatch has nothing to add to the answer.
            if (!exchange.hasFailed()) {
                runChain(exchange, request, response, chain);
            }
        } catch (Throwable thrown) {
            if (!returned(exchange, request, errorPage, thrown)) {
                throw thrown;
            }
            return;
        }
        returned(exchange, request, errorPage, null);
    }

    private void runChain(Exchange exchange, ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (cdi != null && request instanceof HttpServletRequest ours) {
            cdi.doFilter(exchange.request(), ours, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** @return whether what was thrown is of no interest any more: the client gets 503 */
    private static boolean returned(
            Exchange exchange, ServletRequest request, boolean errorPage, @Nullable Throwable thrown)
            throws IOException {
        if (!exchange.dispatchEnds()) {
            exchange.saveQuietly();
            return false;
        }
        if (goesOnAsynchronously(exchange, request)) {
            exchange.saveBeforeAsync();
            return false;
        }
        exchange.noMoreUse();
        try {
            return exchange.settle(errorPage);
        } catch (RuntimeException failure) {
            if (thrown != null && thrown != failure) {
                failure.addSuppressed(thrown);
            }
            throw failure;
        } finally {
            exchange.end();
        }
    }

    private static boolean goesOnAsynchronously(Exchange exchange, ServletRequest request) {
        if (!request.isAsyncStarted()) {
            return false;
        }
        if (exchange.asyncContext() != null) {
            return true;
        }
        try {
            // started by somebody who got below our wrapper
            exchange.request().getAsyncContext().addListener(new EndOfAsync(exchange));
            return true;
        } catch (IllegalStateException upgraded) {
            return false; // to another protocol: Jetty calls that asynchronous, but has no context for it
        }
    }
}
