package dev.holdfast.filter.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a client says its session is: the ids of its request, as it wrote them. Everything here is hostile until an id has the
 * form of ours. Immutable.
 *
 * @param cookies the values of all cookies of our name, first one first; clients send several when they know several paths
 * @param url the path parameter, null if there is none
 * @param candidates the ids to look up: cookies before the URL, those that are well formed, each once, and not more than a few
 */
record RequestedIds(List<String> cookies, @Nullable String url, List<String> candidates) {

    static final RequestedIds NONE = new RequestedIds(List.of(), null, List.of());

    /** So many of the ids that are well formed are looked up in the store; a client has few paths, an attacker many ids. */
    static final int MOST_LOOKED_UP = 3;

    private static final String COOKIE = "Cookie";

    /** More cookies of our name than that are an attack. */
    private static final int MOST_COOKIES = 50;

    /**
     * @param cookieName null if cookies don't carry ids here
     * @param urlParameter null if URLs don't
     * @param wellFormed whether an id may be one of ours
     */
    static RequestedIds of(
            HttpServletRequest request,
            @Nullable String cookieName,
            @Nullable String urlParameter,
            Predicate<String> wellFormed) {
        List<String> cookies = cookieName == null ? List.of() : cookies(request, cookieName);
        String url = urlParameter == null ? null : inUri(request.getRequestURI(), urlParameter);
        return cookies.isEmpty() && url == null
                ? NONE
                : new RequestedIds(cookies, url, candidates(cookies, url, wellFormed));
    }

    /**
     * From the header itself: containers differ in what they do to quoted values, and ids that were quoted are none of ours.
     */
    private static List<String> cookies(HttpServletRequest request, String name) {
        Enumeration<String> lines = request.getHeaders(COOKIE);
        List<String> values = List.of();
        while (lines != null && lines.hasMoreElements()) {
            String line = lines.nextElement();
            int at = 0;
            while (at >= 0 && values.size() < MOST_COOKIES) {
                int semicolon = line.indexOf(';', at);
                String value = valueOf(name, line, at, semicolon < 0 ? line.length() : semicolon);
                if (value != null) {
                    values = with(values, value);
                }
                at = semicolon < 0 ? -1 : semicolon + 1;
            }
        }
        return values;
    }

    /** Nearly always there is one. */
    private static List<String> with(List<String> some, String another) {
        if (some.isEmpty()) {
            return List.of(another);
        }
        List<String> more = some.size() == 1 ? new ArrayList<>(some) : some;
        more.add(another);
        return more;
    }

    private static @Nullable String valueOf(String name, String line, int from, int to) {
        int start = from;
        while (start < to && (line.charAt(start) == ' ' || line.charAt(start) == '\t')) {
            start++;
        }
        int value = start + name.length() + 1;
        if (value > to || !line.startsWith(name, start) || line.charAt(value - 1) != '=') {
            return null;
        }
        return line.substring(value, to).strip();
    }

    /** The first path parameter of that name, in whatever segment it stands. */
    static @Nullable String inUri(@Nullable String uri, String parameter) {
        if (uri == null) {
            return null;
        }
        int at = uri.indexOf(';');
        while (at >= 0) {
            int value = at + parameter.length() + 2;
            if (uri.startsWith(parameter, at + 1) && value <= uri.length() && uri.charAt(value - 1) == '=') {
                int end = value;
                while (end < uri.length() && ";/?#".indexOf(uri.charAt(end)) < 0) {
                    end++;
                }
                return uri.substring(value, end);
            }
            at = uri.indexOf(';', at + 1);
        }
        return null;
    }

    /**
     * What a client wrote without the route behind its id, if there is a route of the form of ours: {@code <id>.<route>}. Also
     * where this node writes none: others, or this one when it was configured otherwise, may have.
     */
    static String idOf(String written) {
        int dot = written.indexOf('.');
        return dot < 0 || !Routes.isWellFormed(written, dot + 1) ? written : written.substring(0, dot);
    }

    /** Whether what a client wrote is that well-formed id, with whatever route. No allocation: this is asked for each request. */
    private static boolean isOf(String written, String id) {
        return written.startsWith(id)
                && (written.length() == id.length()
                        || written.charAt(id.length()) == '.' && Routes.isWellFormed(written, id.length() + 1));
    }

    /** Whether a cookie carries the id, and none of those that do names another route, or none. */
    boolean cookieNames(String id, String route) {
        boolean any = false;
        for (int i = 0; i < cookies.size(); i++) { // no iterator for each request
            String written = cookies.get(i);
            if (isOf(written, id)) {
                if (!Routes.isBehind(written, id, route)) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    /** Whether the id comes in a cookie. */
    boolean isInCookie(String id) {
        for (String written : cookies) {
            if (isOf(written, id)) {
                return true;
            }
        }
        return false;
    }

    /** Whether that route comes with the id in the first cookie that has it, or else in the URL. */
    boolean isFrom(String id, String route) {
        for (int i = 0; i <= cookies.size(); i++) {
            String written = i < cookies.size() ? cookies.get(i) : url;
            if (written != null && isOf(written, id)) {
                return Routes.isBehind(written, id, route);
            }
        }
        return false;
    }

    private static List<String> candidates(List<String> cookies, @Nullable String url, Predicate<String> wellFormed) {
        List<String> candidates = List.of();
        for (int i = 0; i <= cookies.size() && candidates.size() < MOST_LOOKED_UP; i++) {
            String written = i < cookies.size() ? cookies.get(i) : url;
            String id = written == null ? null : idOf(written);
            if (id != null && wellFormed.test(id) && !candidates.contains(id)) {
                candidates = with(candidates, id);
            }
        }
        return candidates;
    }

    /** What the application is told that the client asked for, as long as nothing valid was found: null if nothing. */
    @Nullable
    String first() {
        return cookies.isEmpty() ? url : cookies.get(0);
    }
}
