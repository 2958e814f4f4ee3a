package dev.holdfast.demo.testapp;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.Collections;
import java.util.TreeSet;

/** Notes every session event. Its subclasses are declared in different ways. */
abstract class SessionRecorder implements HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener {

    /** The session attribute that names a gate at which {@code sessionDestroyed} of the web.xml's first listener waits. */
    static final String WAIT_WHEN_DESTROYED = "waitWhenDestroyed";

    /** The session attribute with which it throws. */
    static final String THROW_WHEN_DESTROYED = "throwWhenDestroyed";

    private final String label;

    SessionRecorder(String label) {
        this.label = label;
    }

    @Override
    public void sessionCreated(HttpSessionEvent event) {
        Events.note("created " + label + " " + event.getSession().getId() + " new="
                + event.getSession().isNew());
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        HttpSession session = event.getSession();
        StringBuilder attributes = new StringBuilder();
        for (String name : new TreeSet<>(Collections.list(session.getAttributeNames()))) {
            attributes.append(' ').append(name).append('=').append(session.getAttribute(name));
        }
        Events.note("destroyed " + label + " " + session.getId() + attributes);
        if (label.equals("first") && session.getAttribute(WAIT_WHEN_DESTROYED) instanceof String gate) {
            Gates.await(gate);
        }
        if (session.getAttribute(THROW_WHEN_DESTROYED) != null) {
            throw new IllegalStateException("a listener that throws, as the test wants");
        }
    }

    @Override
    public void attributeAdded(HttpSessionBindingEvent event) {
        attribute("added", event);
    }

    @Override
    public void attributeRemoved(HttpSessionBindingEvent event) {
        attribute("removed", event);
    }

    @Override
    public void attributeReplaced(HttpSessionBindingEvent event) {
        attribute("replaced", event);
    }

    @Override
    public void sessionIdChanged(HttpSessionEvent event, String oldSessionId) {
        Events.note("idChanged " + label + " " + oldSessionId + " "
                + event.getSession().getId());
    }

    private void attribute(String what, HttpSessionBindingEvent event) {
        Events.note(
                what + " " + label + " " + event.getSession().getId() + " " + event.getName() + "=" + event.getValue());
    }
}
