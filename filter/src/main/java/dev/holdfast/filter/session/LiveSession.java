package dev.holdfast.filter.session;

import jakarta.servlet.http.HttpSession;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One session on this node: the object behind the {@link HttpSession} that all its requests share. Thread-safe.
 *
 * <p>Methods that the Servlet specification lets throw {@link IllegalStateException} after invalidation do so here; {@link
 * #id}, {@link #maxInactiveSeconds} and its setter never do (Servlet 6.0, {@code HttpSession}).
 */
public final class LiveSession {

    LiveSession() {}

    /** The object that the application sees: the same for all requests of this session on this node. */
    public HttpSession view() {
        throw new UnsupportedOperationException();
    }

    public String id() {
        throw new UnsupportedOperationException();
    }

    /** Cheap: one volatile read. */
    public boolean isValid() {
        throw new UnsupportedOperationException();
    }

    public long createdAtMillis() {
        throw new UnsupportedOperationException();
    }

    /** The start of the request before this one, in milliseconds since 1970. */
    public long lastAccessedMillis() {
        throw new UnsupportedOperationException();
    }

    /** Until the client comes with the id. */
    public boolean isNew() {
        throw new UnsupportedOperationException();
    }

    public int maxInactiveSeconds() {
        throw new UnsupportedOperationException();
    }

    public void setMaxInactiveSeconds(int seconds) {
        throw new UnsupportedOperationException();
    }

    public @Nullable Object attribute(String name) {
        throw new UnsupportedOperationException();
    }

    /** A snapshot of the names that {@link #attribute} would answer at this moment. */
    public Set<String> attributeNames() {
        throw new UnsupportedOperationException();
    }

    /**
     * Sets or, with null, removes; binding and attribute listeners are called. Outside any request it is saved at once, in
     * the caller's thread.
     */
    public void setAttribute(String name, @Nullable Object value) {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether {@link Sessions#commit} might have anything to do. Cheap (a volatile read when nothing was changed and no
     * mutable value was handed out): asked at every save point.
     */
    public boolean mayNeedCommit() {
        throw new UnsupportedOperationException();
    }

    /** Ends the session: its listeners run with the attributes readable, then it is invalid. */
    public void invalidate() {
        throw new UnsupportedOperationException();
    }
}
