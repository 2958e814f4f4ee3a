package dev.holdfast.benchmarks.growth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts sessions into a home until there are enough, and measures what they take then. For one thread. */
final class Filling {

    /** At the same time, so that stores that put calls together can. */
    private static final int IN_FLIGHT = 32;

    private static final int WARM_UP = 5_000;
    private static final int BATCHES = 5;
    private static final int BATCH = 1_000;

    private final Home home;
    private final Home.Form form;
    private final long empty;
    private int count;
    private double nanosEach;

    Filling(Home home, Home.Form form) throws Exception {
        this.home = home;
        this.form = form;
        // What is made for the first session is none of its own.
        fill(IN_FLIGHT);
        for (int i = 0; i < WARM_UP; i++) {
            home.load(i % count);
        }
        empty = home.memory();
    }

    /**
     * With so many sessions.
     *
     * @param bytes for each session, all copies
     * @param micros for one load
     */
    record Point(int sessions, double bytes, double micros) {}

    /** How long it would take to have so many, by how long the last ones took. */
    double secondsTo(int sessions) {
        return (sessions - count) * nanosEach / 1e9;
    }

    Point at(int sessions) throws Exception {
        int before = count;
        fill(sessions);
        double bytes = (double) (home.memory() - empty) / (count - IN_FLIGHT);
        System.err.printf(
                "%s: %,d sessions, %,.0f bytes, %.1f s for %,d%n",
                home.name(), sessions, bytes, (count - before) * nanosEach / 1e9, count - before);
        Random random = new Random(1);
        double[] micros = new double[BATCHES];
        for (int batch = 0; batch < BATCHES; batch++) {
            long begin = System.nanoTime();
            for (int i = 0; i < BATCH; i++) {
                home.load(random.nextInt(count));
            }
            micros[batch] = (System.nanoTime() - begin) / 1e3 / BATCH;
        }
        Arrays.sort(micros);
        return new Point(sessions, bytes, micros[BATCHES / 2]);
    }

    private void fill(int sessions) throws Exception {
        int more = sessions - count;
        AtomicInteger next = new AtomicInteger(count);
        ExecutorService threads = Executors.newFixedThreadPool(IN_FLIGHT);
        long begin = System.nanoTime();
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < IN_FLIGHT; i++) {
                running.add(threads.submit(() -> {
                    for (int number = next.getAndIncrement(); number < sessions; number = next.getAndIncrement()) {
                        home.create(number, form);
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
        nanosEach = (double) (System.nanoTime() - begin) / more;
        count = sessions;
    }
}
