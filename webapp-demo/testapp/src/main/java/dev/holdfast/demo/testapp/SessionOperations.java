package dev.holdfast.demo.testapp;

import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The operations of a script that concern the session. */
final class SessionOperations {

    private SessionOperations() {}

    /** The result, or null if the operation is none of these. */
    static @Nullable String run(Run run, String verb, List<String> arguments) {
        return switch (verb) {
            case "session" -> run.request.getSession().getId();
            case "peek" -> idOf(run.request.getSession(false));
            case "hold" -> hold(run, arguments.get(0));
            case "with" -> with(run, arguments.get(0));
            case "set" -> set(run, arguments.get(0), arguments.get(1));
            case "set-null" -> set(run, arguments.get(0), null);
            case "set-null-name" -> set(run, null, "v");
            case "set-if-there" ->
                run.request.getSession(false) == null ? "none" : set(run, arguments.get(0), arguments.get(1));
            case "set-int" -> set(run, arguments.get(0), Integer.valueOf(arguments.get(1)));
            case "set-beans" -> setBeans(run, Long.parseLong(arguments.get(0)));
            case "set-bytes" -> set(run, arguments.get(0), new byte[Integer.parseInt(arguments.get(1))]);
            case "set-recording" -> set(run, arguments.get(0), new RecordingValue(arguments.get(1)));
            case "set-local" -> set(run, arguments.get(0), new NotSerializable(arguments.get(1)));
            case "set-holder" -> set(run, arguments.get(0), new Holder(new NotSerializable(arguments.get(1))));
            case "list-add" -> listAdd(run, arguments.get(0), arguments.get(1));
            case "add-int" -> addInt(run, arguments.get(0));
            case "get" -> String.valueOf(run.session().getAttribute(arguments.get(0)));
            case "get-null-name" -> String.valueOf(run.session().getAttribute(nullName()));
            case "get-if" -> getIf(run, arguments.get(0));
            case "remove" -> remove(run, arguments.get(0));
            case "names" -> new TreeSet<>(Collections.list(run.session().getAttributeNames())).toString();
            case "object" -> "" + System.identityHashCode(run.session());
            case "value-object" -> "" + System.identityHashCode(run.session().getAttribute(arguments.get(0)));
            case "context-path" -> run.session().getServletContext().getContextPath();
            case "accessor-keep" -> AccessorOperations.keep(run, arguments.get(0));
            case "accessor-set" -> AccessorOperations.use(arguments.get(0), arguments.get(1), arguments.get(2));
            case "accessor-get" -> AccessorOperations.use(arguments.get(0), arguments.get(1), null);
            default -> life(run, verb, arguments);
        };
    }

    private static @Nullable String life(Run run, String verb, List<String> arguments) {
        return switch (verb) {
            case "id" -> run.session().getId();
            case "new" -> "" + run.session().isNew();
            case "created" -> "" + run.session().getCreationTime();
            case "accessed" -> "" + run.session().getLastAccessedTime();
            case "max" -> max(run, arguments);
            case "invalidate" -> {
                run.session().invalidate();
                yield "ok";
            }
            case "change-id" -> run.request.changeSessionId();
            case "requested-id" -> String.valueOf(run.request.getRequestedSessionId());
            case "requested-valid" -> "" + run.request.isRequestedSessionIdValid();
            case "from-cookie" -> "" + run.request.isRequestedSessionIdFromCookie();
            case "from-url" -> "" + run.request.isRequestedSessionIdFromURL();
            case "encode" -> run.response.encodeURL(arguments.isEmpty() ? "" : arguments.get(0));
            case "encode-redirect" -> run.response.encodeRedirectURL(arguments.isEmpty() ? "" : arguments.get(0));
            default -> null;
        };
    }

    private static String set(Run run, @Nullable String name, @Nullable Object value) {
        run.session().setAttribute(name, value);
        return "ok";
    }

    private static String setBeans(Run run, long seed) {
        Beans.session(seed).forEach(run.session()::setAttribute);
        return "ok";
    }

    private static String remove(Run run, String name) {
        run.session().removeAttribute(name);
        return "ok";
    }

    /** A value changed in place: setAttribute is called for the first one only. */
    @SuppressWarnings("unchecked")
    private static String listAdd(Run run, String name, String value) {
        List<String> list = (List<String>) run.session().getAttribute(name);
        if (list == null) {
            list = new ArrayList<>();
            run.session().setAttribute(name, list);
        }
        list.add(value);
        return list.toString();
    }

    /** Reads and writes: two at once may read the same. */
    private static String addInt(Run run, String name) {
        Integer before = (Integer) run.session().getAttribute(name);
        int after = (before == null ? 0 : before) + 1;
        run.session().setAttribute(name, after);
        return "" + after;
    }

    private static String getIf(Run run, String name) {
        HttpSession session = run.request.getSession(false);
        return session == null ? "none" : String.valueOf(session.getAttribute(name));
    }

    private static String max(Run run, List<String> arguments) {
        if (!arguments.isEmpty()) {
            run.session().setMaxInactiveInterval(Integer.parseInt(arguments.get(0)));
        }
        return "" + run.session().getMaxInactiveInterval();
    }

    private static String hold(Run run, String key) {
        Held.put(key, run.request.getSession());
        return "ok";
    }

    private static String with(Run run, String key) {
        run.held = Held.get(key);
        return run.held == null ? "none" : "ok";
    }

    private static String idOf(@Nullable HttpSession session) {
        return session == null ? "none" : session.getId();
    }

    @SuppressWarnings("NullAway") // what is asked is what a null does
    private static String nullName() {
        return null;
    }

    /** A value that cannot travel. */
    record NotSerializable(String label) {}

    /** One that says it can, and holds one that cannot. */
    record Holder(Object value) implements Serializable {}
}
