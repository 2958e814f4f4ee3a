package dev.holdfast.demo.testapp;

import jakarta.servlet.http.HttpSession;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Servlet 6.1 only: sessions used outside of any request. Loaded when a script asks for it. */
final class AccessorOperations {

    private static final Map<String, HttpSession.Accessor> ACCESSORS = new ConcurrentHashMap<>();

    private AccessorOperations() {}

    static String keep(Run run, String key) {
        ACCESSORS.put(key, run.session().getAccessor());
        return "ok";
    }

    /** Sets an attribute, or reads it if there is no value. */
    static String use(String key, String name, @Nullable String value) {
        HttpSession.Accessor accessor = ACCESSORS.get(key);
        if (accessor == null) {
            return "none";
        }
        String[] result = new String[1];
        accessor.access(session -> {
            if (value != null) {
                session.setAttribute(name, value);
            }
            result[0] = String.valueOf(session.getAttribute(name));
        });
        return result[0];
    }
}
