package dev.holdfast.filter.session;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/** The least that a listener needs to see of a session. */
record PlainView(LiveSession live) implements HttpSession {

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
        throw new UnsupportedOperationException();
    }

    @Override
    public void setMaxInactiveInterval(int seconds) {
        live.setMaxInactiveSeconds(seconds);
    }

    @Override
    public int getMaxInactiveInterval() {
        return live.maxInactiveSeconds();
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return live.attribute(name);
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        return Collections.enumeration(live.attributeNames());
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        live.setAttribute(name, value);
    }

    @Override
    public void removeAttribute(String name) {
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
}
