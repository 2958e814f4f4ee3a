package dev.holdfast.filter.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A container's async context: tells its listeners when a test says that something happened. */
final class FakeAsyncContext implements AsyncContext {

    private final ServletRequest request;
    private final ServletResponse response;
    private final List<AsyncListener> listeners = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    boolean started = true;

    FakeAsyncContext(ServletRequest request, ServletResponse response) {
        this.request = request;
        this.response = response;
    }

    private AsyncEvent event() {
        return new AsyncEvent(this, request, response);
    }

    void timesOut() throws IOException {
        for (AsyncListener each : List.copyOf(listeners)) {
            each.onTimeout(event());
        }
    }

    void fails() throws IOException {
        for (AsyncListener each : List.copyOf(listeners)) {
            each.onError(event());
        }
    }

    void completes() throws IOException {
        started = false;
        for (AsyncListener each : List.copyOf(listeners)) {
            each.onComplete(event());
        }
    }

    @Override
    public ServletRequest getRequest() {
        return request;
    }

    @Override
    public ServletResponse getResponse() {
        return response;
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return true;
    }

    @Override
    public void dispatch() {
        calls.add("dispatch");
    }

    @Override
    public void dispatch(String path) {
        calls.add("dispatch " + path);
    }

    @Override
    public void dispatch(ServletContext context, String path) {
        calls.add("dispatch elsewhere " + path);
    }

    @Override
    public void complete() {
        calls.add("complete");
    }

    @Override
    public void start(Runnable run) {
        run.run();
    }

    @Override
    public void addListener(AsyncListener listener) {
        listeners.add(listener);
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest q, ServletResponse r) {
        listeners.add(listener);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setTimeout(long timeout) {}

    @Override
    public long getTimeout() {
        return 0;
    }
}
