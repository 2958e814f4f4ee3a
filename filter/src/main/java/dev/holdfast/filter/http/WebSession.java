package dev.holdfast.filter.http;

import dev.holdfast.filter.session.LiveSession;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * What the application sees of a session: one object for all its requests on this node. Thread-safe; usable for as long as the
 * application holds it, also outside of requests, where each change is saved before the call returns.
 */
class WebSession implements HttpSession {

    private final LiveSession live;
    private final ServletContext context;

    WebSession(LiveSession live, ServletContext context) {
        this.live = live;
        this.context = context;
    }

    @Override
    public long getCreationTime() {
        return live.createdAtMillis();
    }

    @Override
    public String getId() {
        return live.id();
    }

    @Override
    public long getLastAccessedTime() {
        return live.lastAccessedMillis();
    }

    @Override
    public ServletContext getServletContext() {
        return context;
    }

    @Override
    public void setMaxInactiveInterval(int interval) {
        live.setMaxInactiveSeconds(interval);
    }

    @Override
    public int getMaxInactiveInterval() {
        return live.maxInactiveSeconds();
    }

    @Override
    public @Nullable Object getAttribute(@Nullable String name) {
        if (name == null) {
            requireValid("getAttribute");
            return null;
        }
        return live.attribute(name);
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        return Collections.enumeration(live.attributeNames());
    }

    @Override
    public void setAttribute(@Nullable String name, @Nullable Object value) {
        if (name == null) {
            throw new IllegalArgumentException("setAttribute: name is null");
        }
        live.setAttribute(name, value);
    }

    @Override
    public void removeAttribute(@Nullable String name) {
        if (name == null) {
            requireValid("removeAttribute");
            return;
        }
        live.setAttribute(name, null);
    }

    @Override
    public void invalidate() {
        live.invalidate();
    }

    @Override
    public boolean isNew() {
        return live.isNew();
    }

    void requireValid(String method) {
        if (!live.isValid()) {
            throw new IllegalStateException(method + ": session is no longer valid");
        }
    }

    /** Never the id: this ends up in logs. */
    @Override
    public String toString() {
        return "HttpSession@" + Integer.toHexString(System.identityHashCode(this))
                + (live.isValid() ? "" : "(invalid)");
    }
}
