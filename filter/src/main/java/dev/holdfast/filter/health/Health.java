package dev.holdfast.filter.health;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import jakarta.servlet.ServletContext;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node can serve the sessions of one application now. Thread-safe.
 *
 * <p>It says nothing of the sessions themselves, and nothing of other nodes: a store that is down makes all nodes unhealthy at
 * once. So it is for readiness and for rolling restarts, not a reason to kill a node.
 */
public final class Health {

    /** The attribute of the ServletContext that holds it while the filter is in service. */
    public static final String ATTRIBUTE = Health.class.getName();

    private static final Logger log = LoggerFactory.getLogger(Health.class);

    /** Whoever asks more often gets the last answer again: nobody can have the store asked at will. */
    private static final long SAME_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * An answer.
     *
     * @param isReady whether this node can serve sessions
     * @param reason why it cannot, for people, without addresses; null if it can
     */
    public record State(boolean isReady, @Nullable String reason) {}

    private static final State READY = new State(true, null);

    private final Runnable ping;
    private final Supplier<@Nullable String> notReady;
    private final TimeSource time;

    /** Guarded by {@code this}. */
    private @Nullable State last;

    /** When {@link #last} was found. Guarded by {@code this}. */
    private long lastNanos;

    /**
     * @param ping returns if the store can serve, else throws StoreException
     * @param notReady why this node should not be taken for ready although the store answers; null if there is no reason
     */
    public Health(Runnable ping, Supplier<@Nullable String> notReady, TimeSource time) {
        this.ping = ping;
        this.notReady = notReady;
        this.time = time;
    }

    /** That of an application; empty if its session filter is not in service, or not enabled. */
    public static Optional<Health> of(ServletContext context) {
        return context.getAttribute(ATTRIBUTE) instanceof Health health ? Optional.of(health) : Optional.empty();
    }

    /**
     * Asks the store, unless it was asked less than a second ago. Blocks for the setting {@code timeout} at the most, and others
     * that ask meanwhile as long. A change is logged, with the cause.
     */
    public synchronized State check() {
        State before = last;
        if (before != null && time.nanos() - lastNanos < SAME_ANSWER_NANOS) {
            return before;
        }
        State now = ask();
        if (before != null && now.isReady() && !before.isReady()) {
            log.info("this node is ready to serve sessions again");
        }
        last = now;
        lastNanos = time.nanos();
        return now;
    }

    private State ask() {
        boolean news = last == null || last.isReady();
        try {
            ping.run();
        } catch (StoreException e) {
            if (news) {
                log.warn("this node cannot serve sessions: {}", e.getMessage());
            }
            return new State(false, "the store does not answer");
        }
        String reason = notReady.get();
        if (reason == null) {
            return READY;
        }
        if (news) {
            log.info("this node is not ready: {}", reason);
        }
        return new State(false, reason);
    }
}
