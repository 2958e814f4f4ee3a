package dev.holdfast.redis.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks host names up in a thread of its own, because the operating system may take many seconds over it and cannot be
 * interrupted, and no caller shall wait longer than it wants to. A lookup that came too late for its first caller is there
 * for the next. The JVM caches what was found. Thread-safe.
 */
final class Names implements AutoCloseable {

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
            } catch (RuntimeException | Error e) {
                underWay.remove(host, mine);
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
            result.complete(InetAddress.getAllByName(host));
        } catch (Throwable e) {
            result.completeExceptionally(e);
        } finally {
            underWay.remove(host, result);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        underWay.values().forEach(result -> result.completeExceptionally(new UnknownHostException("closed")));
    }
}
