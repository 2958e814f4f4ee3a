package dev.holdfast.filter.http;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * The net below asynchronous processing: whatever ends it, the request is over then and its session is left. What was changed
 * is saved before that, by the async context that the application holds; here it is too late for the answer on some containers.
 */
record EndOfAsync(Exchange exchange) implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) {
        exchange.endAfterAnswer();
    }

    /** The application's listeners may still dispatch or complete. */
    @Override
    public void onTimeout(AsyncEvent event) {}

    /** Not all containers say that they are done with a request that failed. If it goes on, it uses its session again. */
    @Override
    public void onError(AsyncEvent event) {
        exchange.endAfterAnswer();
    }

    /** Containers forget listeners when processing is started again. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
