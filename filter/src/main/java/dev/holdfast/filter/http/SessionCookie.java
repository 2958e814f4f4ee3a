package dev.holdfast.filter.http;

import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cookie that carries the session's id, as configured. Immutable.
 *
 * @param name what it is called
 * @param path what paths it is sent to
 * @param domain null for the host alone
 * @param maxAgeSeconds negative: until the browser is closed
 * @param secure true: always Secure; false: never; null: when the request came in securely
 * @param attributes further ones, such as SameSite, by name; an empty value stands for the name alone
 */
public record SessionCookie(
        String name,
        String path,
        @Nullable String domain,
        int maxAgeSeconds,
        @Nullable Boolean secure,
        boolean httpOnly,
        Map<String, String> attributes) {

    /** What it is called when nobody says (Servlet 6.0, 7.1.1). */
    public static final String DEFAULT_NAME = "JSESSIONID";

    private static final String PARTITIONED = "Partitioned";
    private static final String SET_COOKIE = "Set-Cookie";

    /** Attributes that the cookie has its own fields for; {@code SessionCookieConfig.getAttributes} lists them too. */
    private static final Set<String> OWN_FIELDS =
            Set.of("name", "comment", "version", "domain", "path", "max-age", "secure", "httponly");

    public SessionCookie {
        attributes = Map.copyOf(attributes);
    }

    /** {@code getAttributes} of a configuration, without those that have fields of their own. */
    public static Map<String, String> furtherAttributes(@Nullable SessionCookieConfig config) {
        Map<String, String> further = new LinkedHashMap<>();
        Map<String, String> all = config == null ? null : config.getAttributes();
        if (all != null) {
            all.forEach((name, value) -> {
                if (value != null && !OWN_FIELDS.contains(name.toLowerCase(Locale.ROOT))) {
                    further.put(name, value);
                }
            });
        }
        return further;
    }

    /**
     * A context path as it stands in the URLs of clients: {@code ServletContext.getContextPath} is decoded on some containers.
     * What cannot stand in a cookie's path is percent-encoded.
     */
    public static String encodedPath(String contextPath) {
        if (contextPath.isEmpty()) {
            return "/";
        }
        StringBuilder encoded = new StringBuilder(contextPath.length());
        for (byte b : contextPath.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c >= '0' && c <= '9'
                    || c >= 'A' && c <= 'Z'
                    || c >= 'a' && c <= 'z'
                    || "/-._~!$&'()*+=:@%".indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    /** What browsers would not take, or take and not send back; empty if all is well. Each fits behind "the session cookie". */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        boolean alwaysSecure = Boolean.TRUE.equals(secure);
        if (name.startsWith("__Host-") && !(alwaysSecure && path.equals("/") && domain == null)) {
            problems.add("'" + name + "' needs Secure, Path=/ and no Domain, else browsers drop it:"
                    + " set cookie-secure=true and cookie-path=/");
        } else if (name.startsWith("__Secure-") && !alwaysSecure) {
            problems.add("'" + name + "' needs Secure, else browsers drop it: set cookie-secure=true");
        }
        if (isPartitioned() && !alwaysSecure) {
            problems.add("is Partitioned, which needs Secure: set cookie-secure=true");
        }
        return problems;
    }

    private boolean isPartitioned() {
        return attributes.entrySet().stream()
                .anyMatch(each -> each.getKey().equalsIgnoreCase(PARTITIONED)
                        && !each.getValue().equalsIgnoreCase("false"));
    }

    /** Whether it is also sent to paths outside of the application. */
    public boolean isWiderThan(String encodedContextPath) {
        String application = encodedContextPath.endsWith("/") ? encodedContextPath : encodedContextPath + "/";
        String mine = path.endsWith("/") ? path : path + "/";
        return !mine.equals(application) && application.startsWith(mine);
    }

    /**
     * Adds the cookie to an answer. If one of this name, path and domain is there already, only this one stays; cookies of
     * other paths and domains are not touched. Does nothing once the answer has been committed, as the containers do.
     *
     * @param requestIsSecure what the request given to the filter says of itself
     */
    void write(HttpServletResponse response, String id, boolean requestIsSecure) {
        if (response.isCommitted()) {
            return;
        }
        response.addCookie(cookie(id, requestIsSecure));
        keepOnlyNewest(response);
    }

    /**
     * Whether an answer sets this cookie, or takes it away. One of this name without a path counts too: which it has is known to the
     * browser.
     */
    boolean isIn(HttpServletResponse response) {
        for (String line : response.getHeaders(SET_COOKIE)) {
            if (isNamedLikeThis(line)) {
                String itsPath = attribute(line, "path");
                if ((itsPath.isEmpty() || itsPath.equals(path))
                        && attribute(line, "domain").equals(domain == null ? "" : domain)) {
                    return true;
                }
            }
        }
        return false;
    }

    private Cookie cookie(String id, boolean requestIsSecure) {
        Cookie cookie = new Cookie(name, id);
        cookie.setPath(path);
        if (domain != null) {
            cookie.setDomain(domain);
        }
        cookie.setMaxAge(maxAgeSeconds);
        cookie.setSecure(secure != null ? secure : requestIsSecure);
        cookie.setHttpOnly(httpOnly);
        attributes.forEach(cookie::setAttribute);
        return cookie;
    }

    private void keepOnlyNewest(HttpServletResponse response) {
        Collection<String> lines = response.getHeaders(SET_COOKIE);
        if (lines.size() < 2) {
            return;
        }
        List<String> all = new ArrayList<>(lines);
        String newest =
                all.stream().filter(this::isNamedLikeThis).reduce((a, b) -> b).orElse(null);
        if (newest == null) {
            return; // the container's cookie processor did not take it
        }
        List<String> kept = new ArrayList<>(all);
        kept.removeIf(line -> line != newest
                && isNamedLikeThis(line)
                && attribute(line, "path").equals(attribute(newest, "path"))
                && attribute(line, "domain").equals(attribute(newest, "domain")));
        if (kept.size() == all.size()) {
            return;
        }
        response.setHeader(SET_COOKIE, kept.get(0));
        kept.subList(1, kept.size()).forEach(line -> response.addHeader(SET_COOKIE, line));
    }

    private boolean isNamedLikeThis(String line) {
        return line.startsWith(name) && line.startsWith("=", name.length());
    }

    private static String attribute(String line, String attribute) {
        int semicolon = line.indexOf(';');
        while (semicolon >= 0) {
            int next = line.indexOf(';', semicolon + 1);
            String part = line.substring(semicolon + 1, next < 0 ? line.length() : next)
                    .strip();
            int equals = part.indexOf('=');
            if (equals > 0 && part.substring(0, equals).equalsIgnoreCase(attribute)) {
                return part.substring(equals + 1).strip();
            }
            semicolon = next;
        }
        return "";
    }
}
