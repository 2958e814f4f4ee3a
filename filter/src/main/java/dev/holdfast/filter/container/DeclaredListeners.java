package dev.holdfast.filter.container;

import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The application's session listeners, each list in declaration order. One object can stand in several of them, and is called
 * only for the kinds that it stands in. Immutable.
 *
 * @param how where they were found, for the log
 */
public record DeclaredListeners(
        List<HttpSessionListener> session,
        List<HttpSessionAttributeListener> attribute,
        List<HttpSessionIdListener> id,
        String how) {

    public DeclaredListeners {
        session = List.copyOf(session);
        attribute = List.copyOf(attribute);
        id = List.copyOf(id);
    }

    /** No listener at all. */
    public static DeclaredListeners none(String how) {
        return new DeclaredListeners(List.of(), List.of(), List.of(), how);
    }

    /** Sorts objects of any kind; what is no session listener is left out, and so is our own, which is about other sessions. */
    static DeclaredListeners of(Collection<?> lifecycle, Collection<?> events, String how) {
        return new DeclaredListeners(
                only(HttpSessionListener.class, lifecycle),
                only(HttpSessionAttributeListener.class, events),
                only(HttpSessionIdListener.class, events),
                how);
    }

    public boolean isEmpty() {
        return session.isEmpty() && attribute.isEmpty() && id.isEmpty();
    }

    private static <T> List<T> only(Class<T> kind, Collection<?> from) {
        List<T> found = new ArrayList<>();
        for (Object each : from) {
            if (kind.isInstance(each) && !(each instanceof NativeSessionWarning)) {
                found.add(kind.cast(each));
            }
        }
        return found;
    }
}
