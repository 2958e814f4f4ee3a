package dev.holdfast.filter.http;

import dev.holdfast.filter.session.LiveSession;
import dev.holdfast.filter.session.Sessions;
import dev.holdfast.spi.TimeSource;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A session with the accessor of Servlet 6.1, by which code outside of requests (a WebSocket endpoint) uses the session as a
 * request would. In a class of its own, which is loaded only where that type exists.
 */
final class AccessibleWebSession extends WebSession {

    private final Supplier<Sessions> sessions;
    private final TimeSource time;

    AccessibleWebSession(LiveSession live, ServletContext context, Supplier<Sessions> sessions, TimeSource time) {
        super(live, context);
        this.sessions = sessions;
        this.time = time;
    }

    @Override
    public Accessor getAccessor() {
        requireValid("getAccessor");
        String id = getId();
        return consumer -> access(id, consumer);
    }

    /** A short request of its own: it enters the session as the store has it, and what was changed is saved when it returns. */
    private void access(String id, Consumer<HttpSession> consumer) {
        Sessions all = sessions.get();
        LiveSession live = all.enter(id, time.nanos());
        if (live == null) {
            throw new IllegalStateException(
                    "the session that this accessor was made for is no longer valid, or has another id");
        }
        try {
            try {
                consumer.accept(live.view());
            } finally {
                all.commit(live);
            }
        } finally {
            all.leave(live);
        }
    }
}
