package dev.holdfast.demo.testapp;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionActivationListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import java.io.Serializable;
import java.util.Collections;

/** An attribute that notes what it is told. */
final class RecordingValue implements HttpSessionBindingListener, HttpSessionActivationListener, Serializable {

    private static final long serialVersionUID = 1;

    private final String label;

    RecordingValue(String label) {
        this.label = label;
    }

    @Override
    public void valueBound(HttpSessionBindingEvent event) {
        // the specification: bound before the object is made available by getAttribute
        boolean visible = event.getSession().getAttribute(event.getName()) == this;
        note("bound", event.getSession(), event.getName() + " visible=" + visible);
    }

    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
        note("unbound", event.getSession(), event.getName());
    }

    @Override
    public void sessionWillPassivate(HttpSessionEvent event) {
        note("passivate", event.getSession(), names(event.getSession()));
    }

    @Override
    public void sessionDidActivate(HttpSessionEvent event) {
        note("activate", event.getSession(), names(event.getSession()));
    }

    private static String names(HttpSession session) {
        return String.join(",", Collections.list(session.getAttributeNames()));
    }

    private void note(String what, HttpSession session, String detail) {
        Events.note(what + " " + label + " " + session.getId() + " " + detail);
    }

    @Override
    public String toString() {
        return "recording:" + label;
    }
}
