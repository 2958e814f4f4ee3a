package dev.holdfast.demo.testapp;

import jakarta.servlet.http.HttpSession;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Session references kept beyond their request, as applications do in static fields and background threads. */
final class Held {

    private static final Map<String, HttpSession> SESSIONS = new ConcurrentHashMap<>();

    private Held() {}

    static void put(String key, HttpSession session) {
        SESSIONS.put(key, session);
    }

    static @Nullable HttpSession get(String key) {
        return SESSIONS.get(key);
    }

    /** Whether a session held as "reader" can still be read and written, without its id. */
    static String describe() {
        HttpSession session = SESSIONS.get("reader");
        if (session == null) {
            return "none";
        }
        String read = String.valueOf(session.getAttribute("a"));
        try {
            session.setAttribute("a", "written after the filter's end");
            return "read " + read + ", write accepted";
        } catch (IllegalStateException e) {
            return "read " + read + ", write refused";
        }
    }
}
