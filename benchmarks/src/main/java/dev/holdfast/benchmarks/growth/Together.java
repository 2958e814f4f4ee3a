package dev.holdfast.benchmarks.growth;

import dev.holdfast.benchmarks.bare.BareApplication;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Requests of one session at the same time, at one node. */
final class Together {

    private static final long WARM_UP_NANOS = 500_000_000;
    private static final long NANOS = 1_000_000_000;

    private Together() {}

    /** What a request does with its session. */
    enum Action {
        READ {
            @Override
            void with(HttpSession session, long number) {
                if (session.getAttribute("text1") == null) {
                    throw new IllegalStateException("the session is lost");
                }
            }
        },
        CHANGE {
            @Override
            void with(HttpSession session, long number) {
                session.setAttribute("text1", "x".repeat(92) + (10_000_000 + number % 1000));
            }
        };

        abstract void with(HttpSession session, long number);
    }

    /** @return requests per second */
    static double perSecond(BareApplication application, int threads, Action action) throws Exception {
        Map<String, Object> attributes = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            attributes.put("text" + i, "x".repeat(100));
        }
        BareApplication.Client first = application.login(attributes);
        run(application, first, threads, action, WARM_UP_NANOS);
        return run(application, first, threads, action, NANOS) * 1e9 / NANOS;
    }

    private static long run(
            BareApplication application, BareApplication.Client first, int threads, Action action, long nanos)
            throws Exception {
        AtomicLong count = new AtomicLong();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long begin = System.nanoTime();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                BareApplication.Client client = application.at(first);
                running.add(executor.submit(() -> {
                    while (System.nanoTime() - begin < nanos) {
                        long number = count.incrementAndGet();
                        application.serve(client, (HttpSession session) -> action.with(session, number));
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
            return count.get();
        } finally {
            executor.shutdown();
        }
    }
}
