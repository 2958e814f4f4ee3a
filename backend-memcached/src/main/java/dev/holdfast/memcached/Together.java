package dev.holdfast.memcached;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks several nodes at once: the first on the caller's thread, the others on threads of its own; when all of those are busy,
 * on the caller's as well, one after the other. Thread-safe. Not final: a test takes the threads away, to choose the order itself.
 */
class Together implements AutoCloseable {

    private static final int MOST_THREADS = 64;

    private final ThreadPoolExecutor threads;

    Together(String name) {
        threads = new ThreadPoolExecutor(0, MOST_THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "holdfast-memcached-" + name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * What comes out for each, in the same order. Returns when all have: each is bounded by its own timeout. An exception of
     * one is thrown when the others are done.
     */
    <T, R> List<R> each(List<T> things, Function<T, R> thing) {
        List<FutureTask<R>> others = new ArrayList<>();
        for (T one : things.subList(Math.min(1, things.size()), things.size())) {
            FutureTask<R> task = new FutureTask<>(() -> thing.apply(one));
            others.add(task);
            try {
                threads.execute(task);
            } catch (RejectedExecutionException e) {
                // All busy, or closed: the caller does it itself.
                continue;
            }
        }
        List<R> results = new ArrayList<>(things.size());
        RuntimeException failed = null;
        if (!things.isEmpty()) {
            try {
                results.add(thing.apply(things.get(0)));
            } catch (RuntimeException e) {
                failed = e;
            }
        }
        for (FutureTask<R> task : others) {
            // Does nothing if somebody runs it already.
            task.run();
            try {
                results.add(result(task));
            } catch (RuntimeException e) {
                failed = failed == null ? e : failed;
            }
        }
        if (failed != null) {
            throw failed;
        }
        return results;
    }

    /** Waits in spite of an interrupt, which stays set: the wait is short, and what is on its way must be heard of. */
    private static <R> R result(Future<R> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException thrown) {
                        throw thrown;
                    }
                    if (e.getCause() instanceof Error error) {
                        throw error;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
