package dev.holdfast.filter.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Session ids in URLs (Servlet 6.0, 7.1.3): which URLs may carry one, and where in them it stands. Stateless. */
final class SessionUrls {

    private SessionUrls() {}

    /**
     * Whether a URL leads back to this application, so that it may carry a session's id. Anything that cannot be told for
     * certain does not: an id must not leak to another server or application.
     *
     * @param request the dispatch that the page is made by; relative URLs are taken relative to it
     */
    static boolean leadsHere(@Nullable String url, HttpServletRequest request) {
        if (url == null || url.startsWith("#")) {
            return false;
        }
        try {
            URI target = absolute(url, request);
            String scheme = target.getScheme();
            String host = target.getHost();
            if (scheme == null || host == null || target.getRawUserInfo() != null) {
                return false;
            }
            return scheme.equalsIgnoreCase(request.getScheme())
                    && host.equalsIgnoreCase(bracketed(request.getServerName()))
                    && port(target.getPort(), scheme) == port(request.getServerPort(), scheme)
                    && isInContext(target.normalize().getRawPath(), request.getContextPath());
        } catch (URISyntaxException noUrl) {
            return false;
        }
    }

    private static URI absolute(String url, HttpServletRequest request) throws URISyntaxException {
        URI given = new URI(url);
        if (given.isAbsolute()) {
            return given;
        }
        URI base = new URI(request.getScheme() + "://" + bracketed(request.getServerName()) + ":"
                + request.getServerPort() + request.getRequestURI());
        // an empty reference stands for the document itself; URI.resolve makes its folder of it
        return url.isEmpty() || url.startsWith("?") ? base : base.resolve(given);
    }

    /** The server's name as it stands in a URL. */
    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static int port(int given, String scheme) {
        if (given >= 0) {
            return given;
        }
        return scheme.toLowerCase(Locale.ROOT).equals("https") ? 443 : 80;
    }

    private static boolean isInContext(@Nullable String path, @Nullable String contextPath) {
        if (contextPath == null || contextPath.isEmpty()) {
            return true;
        }
        if (path == null || !path.startsWith(contextPath)) {
            return false;
        }
        if (path.toLowerCase(Locale.ROOT).contains("%2e")) {
            return false; // browsers take it for a dot, and two of them for the folder above
        }
        return path.length() == contextPath.length() || "/;".indexOf(path.charAt(contextPath.length())) >= 0;
    }

    /** The URL with the id as the last parameter of its path: before query and fragment. */
    static String withId(String url, String parameter, String id) {
        int question = url.indexOf('?');
        String beforeQuery = question < 0 ? url : url.substring(0, question);
        int hash = beforeQuery.indexOf('#');
        int pathEnd = hash >= 0 ? hash : beforeQuery.length();
        String path = url.substring(0, pathEnd);
        String rest = url.substring(pathEnd);
        String parameterText = ";" + parameter + "=" + id;
        if (path.contains(parameterText)) {
            return url;
        }
        return path + parameterText + rest;
    }

    /** Whether an absolute URL ends with its host: it needs a path to carry a parameter. */
    static boolean isHostAlone(String url) {
        int authority = url.indexOf("://");
        if (authority < 0) {
            return false;
        }
        for (int i = authority + 3; i < url.length(); i++) {
            if ("/?#".indexOf(url.charAt(i)) >= 0) {
                return false;
            }
        }
        return true;
    }
}
