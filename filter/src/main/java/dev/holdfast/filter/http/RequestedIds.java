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
 */
record RequestedIds(List<String> cookies, @Nullable String url) {

    static final RequestedIds NONE = new RequestedIds(List.of(), null);

    /** So many of the ids that are well formed are looked up in the store; a client has few paths, an attacker many ids. */
    static final int MOST_LOOKED_UP = 3;

    private static final String COOKIE = "Cookie";

    /** More cookies of our name than that are an attack. */
    private static final int MOST_COOKIES = 50;

    /**
     * @param cookieName null if cookies don't carry ids here
     * @param urlParameter null if URLs don't
     */
    static RequestedIds of(HttpServletRequest request, @Nullable String cookieName, @Nullable String urlParameter) {
        List<String> cookies = cookieName == null ? List.of() : cookies(request, cookieName);
        String url = urlParameter == null ? null : inUri(request.getRequestURI(), urlParameter);
        return cookies.isEmpty() && url == null ? NONE : new RequestedIds(cookies, url);
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
                    if (values.isEmpty()) {
                        values = new ArrayList<>(2);
                    }
                    values.add(value);
                }
                at = semicolon < 0 ? -1 : semicolon + 1;
            }
        }
        return values;
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

    /** The ids to look up, cookies before the URL, those that are well formed, each once, and not more than a few. */
    List<String> candidates(Predicate<String> wellFormed) {
        List<String> candidates = List.of();
        for (int i = 0; i <= cookies.size() && candidates.size() < MOST_LOOKED_UP; i++) {
            String id = i < cookies.size() ? cookies.get(i) : url;
            if (id != null && wellFormed.test(id) && !candidates.contains(id)) {
                if (candidates.isEmpty()) {
                    candidates = new ArrayList<>(MOST_LOOKED_UP);
                }
                candidates.add(id);
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
