package dev.holdfast.filter.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/**
 * The async context that the application gets: its request and response are ours, and state is saved before it completes or
 * dispatches. For the application our wrappers are the original ones. Thread-safe as far as the container's is.
 */
final class SessionAsyncContext implements AsyncContext {

    private final AsyncContext containers;
    private final Exchange exchange;
    private final ServletRequest request;
    private final ServletResponse response;
    private final boolean original;

    SessionAsyncContext(
            AsyncContext containers,
            Exchange exchange,
            ServletRequest request,
            ServletResponse response,
            boolean original) {
        this.containers = containers;
        this.exchange = exchange;
        this.request = request;
        this.response = response;
        this.original = original;
    }

    boolean wraps(AsyncContext other) {
        return containers == other;
    }

    @Override
    public ServletRequest getRequest() {
        containers.getRequest(); // refuses after the end
        return request;
    }

    @Override
    public ServletResponse getResponse() {
        containers.getResponse(); // refuses after the end
        return response;
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return original;
    }

    /**
     * Saves, then completes: some containers send the answer's last byte from here. If it is not saved, an answer of which
     * nothing has left becomes 503; one that has begun is dispatched back to the filter, which breaks it off in the container's
     * thread, where an exception still has that effect.
     */
    @Override
    public void complete() {
        boolean mustBreakOff;
        try {
            mustBreakOff = !exchange.settleAsync();
        } catch (IOException e) {
            throw new IllegalStateException("the answer 503 could not be given", e);
        }
        if (mustBreakOff) {
            containers.dispatch();
        } else {
            containers.complete();
        }
    }

    // The dispatches: a save that fails is found by the filter, which does not run the target then.

    @Override
    public void dispatch() {
        exchange.saveQuietly();
        containers.dispatch();
    }

    @Override
    public void dispatch(String path) {
        exchange.saveQuietly();
        containers.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext context, String path) {
        exchange.saveQuietly();
        containers.dispatch(context, path);
    }

    @Override
    public void start(Runnable run) {
        containers.start(run);
    }

    @Override
    public void addListener(AsyncListener listener) {
        containers.addListener(new Told(listener, request, response));
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest suppliedRequest, ServletResponse suppliedResponse) {
        containers.addListener(new Told(listener, suppliedRequest, suppliedResponse));
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
        return containers.createListener(type);
    }

    @Override
    public void setTimeout(long timeoutMillis) {
        containers.setTimeout(timeoutMillis);
    }

    @Override
    public long getTimeout() {
        return containers.getTimeout();
    }

    /** Tells a listener of the application in terms of what the application knows. */
    private final class Told implements AsyncListener {

        private final AsyncListener listener;
        private final ServletRequest suppliedRequest;
        private final ServletResponse suppliedResponse;

        Told(AsyncListener listener, ServletRequest suppliedRequest, ServletResponse suppliedResponse) {
            this.listener = listener;
            this.suppliedRequest = suppliedRequest;
            this.suppliedResponse = suppliedResponse;
        }

        private AsyncEvent ours(AsyncEvent event) {
            return new AsyncEvent(contextOf(event), suppliedRequest, suppliedResponse, event.getThrowable());
        }

        private AsyncContext contextOf(AsyncEvent event) {
            AsyncContext theirs = event.getAsyncContext();
            return theirs == null || theirs == containers ? SessionAsyncContext.this : theirs;
        }

        @Override
        public void onComplete(AsyncEvent event) throws IOException {
            try {
                listener.onComplete(ours(event));
            } finally {
                exchange.endAfterAnswer();
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) throws IOException {
            listener.onTimeout(ours(event));
        }

        @Override
        public void onError(AsyncEvent event) throws IOException {
            try {
                listener.onError(ours(event));
            } finally {
                exchange.endAfterAnswer();
            }
        }

        @Override
        public void onStartAsync(AsyncEvent event) throws IOException {
            listener.onStartAsync(ours(event));
        }
    }
}
