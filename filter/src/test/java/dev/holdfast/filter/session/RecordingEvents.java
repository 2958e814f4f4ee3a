package dev.holdfast.filter.session;

import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Writes down what listeners would be told. */
final class RecordingEvents implements SessionEvents {

    final List<String> all = Collections.synchronizedList(new ArrayList<>());

    /** What a listener of the end does. */
    volatile Consumer<HttpSession> onDestroyed = session -> {};

    List<String> of(String kind) {
        synchronized (all) {
            return all.stream().filter(event -> event.startsWith(kind)).toList();
        }
    }

    @Override
    public void created(HttpSession session) {
        all.add("created");
    }

    @Override
    public void destroyed(HttpSession session) {
        all.add("destroyed " + session.getAttribute("user"));
        onDestroyed.accept(session);
    }

    @Override
    public void idChanged(HttpSession session, String oldId) {
        all.add("idChanged");
    }

    @Override
    public void bound(HttpSession session, String name, Object value) {
        all.add("bound " + name + " visible=" + (session.getAttribute(name) == value));
    }

    @Override
    public void unbound(HttpSession session, String name, Object value) {
        all.add("unbound " + name + " visible=" + (session.getAttribute(name) == value));
    }

    @Override
    public void added(HttpSession session, String name, Object value) {
        all.add("added " + name);
    }

    @Override
    public void replaced(HttpSession session, String name, Object oldValue) {
        all.add("replaced " + name + " was " + oldValue);
    }

    @Override
    public void removed(HttpSession session, String name, Object value) {
        all.add("removed " + name);
    }

    @Override
    public void willPassivate(HttpSession session, Object value) {}

    @Override
    public void didActivate(HttpSession session, Object value) {}
}
