package dev.holdfast.demo.suite;

import dev.holdfast.demo.launcher.NodeProcess;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What the suite asks a node about itself, past the filter. */
final class Control {

    private final Cell cell;
    private final NodeProcess node;

    private Control(Cell cell, NodeProcess node) {
        this.cell = cell;
        this.node = node;
    }

    static Control of(Cell cell, NodeProcess node) {
        return new Control(cell, node);
    }

    /** What was noted, in order, and contains this, mostly a session id. */
    List<String> events(String containing) {
        return ask("events", containing).lines().toList();
    }

    /** How many were noted that contain this. */
    int count(String containing) {
        return Integer.parseInt(ask("count", containing));
    }

    /** How many sessions of its own the container has made. */
    long nativeSessions() {
        return Long.parseLong(ask("native-sessions", ""));
    }

    void open(String gate) {
        ask("open", gate);
    }

    /** Waits until a request stands at this gate. */
    void awaitArrival(String gate) {
        await("a request at gate " + gate, () -> Integer.parseInt(ask("arrived", gate)) > 0);
    }

    String threads() {
        return ask("threads", "");
    }

    String ask(String what, String of) {
        Answer answer = new Browser(cell)
                .get(node, "/app/control/" + what + "?of=" + URLEncoder.encode(of, StandardCharsets.UTF_8));
        if (answer.status() != 200) {
            throw new AssertionError("control of " + node + ": " + answer);
        }
        return answer.body();
    }

    /** Polls until it is so; two minutes at most, as a machine that runs other things as well may need. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited for " + what + " in vain");
            }
            pause(Duration.ofMillis(20));
        }
    }

    /** Lets time pass where passing time is what is tested. */
    static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
