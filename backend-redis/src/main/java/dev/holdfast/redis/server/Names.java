package dev.holdfast.redis.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Looks host names up in a thread of its own, because the operating system may take many seconds over it and cannot be
 * interrupted, and no caller shall wait longer than it wants to. A lookup that came too late for its first caller is there
 * for the next. The JVM caches what was found. Thread-safe.
 */
final class Names implements AutoCloseable {

    private static final long END_MILLIS = 1_000;

    private final ThreadPoolExecutor executor;
    private final Map<String, CompletableFuture<InetAddress[]>> underWay = new ConcurrentHashMap<>();

    Names() {
        executor = new ThreadPoolExecutor(2, 2, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "holdfast-redis-names");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Blocks until {@code deadlineNanos} at most. */
    InetAddress[] of(String host, long deadlineNanos)
            throws UnknownHostException, TimeoutException, InterruptedException {
        if (host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
            return InetAddress.getAllByName(host);
        }
        CompletableFuture<InetAddress[]> mine = new CompletableFuture<>();
        CompletableFuture<InetAddress[]> first = underWay.putIfAbsent(host, mine);
        if (first == null) {
            first = mine;
            try {
                executor.execute(() -> lookUp(host, mine));
            } catch (RejectedExecutionException e) {
                // Closed. The entry is nobody's any more.
                lookedUp(host, mine, null, new UnknownHostException("closed"));
            } catch (Error e) {
                lookedUp(host, mine, null, e);
                throw e;
            }
        }
        try {
            return first.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            UnknownHostException unknown = new UnknownHostException(host);
            unknown.initCause(e.getCause());
            throw unknown;
        }
    }

    private void lookUp(String host, CompletableFuture<InetAddress[]> result) {
        try {
            lookedUp(host, result, InetAddress.getAllByName(host), null);
        } catch (Throwable e) {
            lookedUp(host, result, null, e);
        }
    }

    private void lookedUp(
            String host,
            CompletableFuture<InetAddress[]> result,
            InetAddress @Nullable [] found,
            @Nullable Throwable problem) {
        underWay.remove(host, result);
        if (found != null) {
            result.complete(found);
        } else {
            result.completeExceptionally(problem == null ? new UnknownHostException(host) : problem);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        underWay.values().forEach(result -> result.completeExceptionally(new UnknownHostException("closed")));
        try {
            // One that is in the middle of a lookup ends after it, which nobody can hasten.
            boolean ignored = executor.awaitTermination(END_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
