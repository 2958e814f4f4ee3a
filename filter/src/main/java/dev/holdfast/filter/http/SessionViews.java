package dev.holdfast.filter.http;

import dev.holdfast.filter.session.LiveSession;
import dev.holdfast.filter.session.Sessions;
import dev.holdfast.spi.TimeSource;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes what the application sees of its sessions, with the accessor of Servlet 6.1 where the container has it. Thread-safe. */
public final class SessionViews implements Function<LiveSession, HttpSession> {

    private static final String ACCESSOR = "jakarta.servlet.http.HttpSession$Accessor";

    private final ServletContext context;
    private final TimeSource time;
    private final boolean accessible;

    /** Set once, before the first request; the sessions need these views to be made themselves. */
    private volatile @Nullable Sessions sessions;

    public SessionViews(ServletContext context, TimeSource time) {
        this.context = context;
        this.time = time;
        this.accessible = hasAccessor();
    }

    private static boolean hasAccessor() {
        try {
            Class.forName(ACCESSOR, false, HttpSession.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException servlet60) {
            return false;
        }
    }

    /** Must be called before any accessor is used. */
    public void serve(Sessions all) {
        sessions = all;
    }

    @Override
    public HttpSession apply(LiveSession live) {
        return accessible
                ? new AccessibleWebSession(live, context, () -> Objects.requireNonNull(sessions), time)
                : new WebSession(live, context);
    }
}
