package dev.holdfast.demo.testapp;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Places where the node waits until the suite says go on, so that what happens meanwhile is no matter of luck. */
final class Gates {

    private static final ConcurrentHashMap<String, Gates> ALL = new ConcurrentHashMap<>();

    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger arrived = new AtomicInteger();

    private Gates() {}

    private static Gates named(String name) {
        return ALL.computeIfAbsent(name, n -> new Gates());
    }

    /** Waits for {@link #open}; a minute at most, since a test that died opens nothing. */
    static String await(String name) {
        Gates gate = named(name);
        gate.arrived.incrementAndGet();
        try {
            return gate.open.await(60, TimeUnit.SECONDS) ? "open" : "timeout";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    static void open(String name) {
        named(name).open.countDown();
    }

    /** How many have come to it. */
    static int arrived(String name) {
        return named(name).arrived.get();
    }
}
