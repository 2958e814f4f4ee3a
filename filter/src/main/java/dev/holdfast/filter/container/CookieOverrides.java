package dev.holdfast.filter.container;

import org.jspecify.annotations.Nullable;

/**
 * What a container's configuration says about the session cookie and {@code ServletContext.getSessionCookieConfig()} does not
 * show; Tomcat's {@code <Context>} attributes. What is set here wins over the servlet API's value.
 *
 * @param name null if not set
 * @param path null if not set
 * @param domain null if not set
 * @param httpOnly true: HttpOnly whatever the servlet API says (Tomcat's default); false: only if the servlet API says so;
 *     null: the container has no setting of its own
 * @param partitioned true: Partitioned whatever the servlet API says
 * @param pathEndsWithSlash true: a slash is appended to the path if it has none (so that {@code /foo} is not sent to {@code
 *     /foobar}); the application's own root without a slash then gets no cookie
 */
public record CookieOverrides(
        @Nullable String name,
        @Nullable String path,
        @Nullable String domain,
        @Nullable Boolean httpOnly,
        boolean partitioned,
        boolean pathEndsWithSlash) {

    /** Nothing is overridden. */
    public static final CookieOverrides NONE = new CookieOverrides(null, null, null, null, false, false);
}
