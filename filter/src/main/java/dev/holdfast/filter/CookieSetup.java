package dev.holdfast.filter;

import dev.holdfast.filter.container.ContainerFacts;
import dev.holdfast.filter.container.CookieOverrides;
import dev.holdfast.filter.http.SessionCookie;
import dev.holdfast.spi.Settings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How clients carry session ids: from the settings, else what the container's configuration says past the servlet API, else
 * web.xml and the application's own code (Servlet 6.0, 7.1), else the defaults.
 *
 * @param urlParameter what the id is called in URLs
 * @param isContainersToo whether the container's own sessions have a cookie of the same name
 */
record CookieSetup(SessionCookie cookie, Set<SessionTrackingMode> modes, String urlParameter, boolean isContainersToo) {

    /** Beside a container that keeps logins in sessions of its own, under the usual name. */
    private static final String NAME_BESIDE_NATIVE = "HOLDFASTSESSIONID";

    private static final String DEFAULT_URL_PARAMETER = "jsessionid";

    /** Problems are noted in {@code given}. */
    static CookieSetup of(ServletContext context, ContainerFacts facts, FilterSettings settings, Settings given) {
        SessionCookieConfig config = context.getSessionCookieConfig();
        Set<SessionTrackingMode> modes = modes(context);
        if (modes.contains(SessionTrackingMode.SSL)) {
            given.problem(
                    "store",
                    "cannot be used with session tracking by SSL id: set <tracking-mode> to COOKIE in web.xml");
        }
        String containersName = containersName(config, facts.cookie());
        SessionCookie cookie = cookie(context, config, facts, settings, containersName);
        check(cookie, context, settings, given, containersName);
        boolean isContainersToo = config != null
                && modes.contains(SessionTrackingMode.COOKIE)
                && cookie.name().equals(containersName == null ? SessionCookie.DEFAULT_NAME : containersName);
        return new CookieSetup(
                cookie,
                modes,
                containersName == null ? DEFAULT_URL_PARAMETER : urlParameter(containersName),
                isContainersToo);
    }

    boolean tracks(SessionTrackingMode mode) {
        return modes.contains(mode);
    }

    /** Whether clients bring the cookie to other applications too that may keep their sessions where this one does. */
    boolean reachesOthers(ServletContext context, FilterSettings settings) {
        return cookie.isWiderThan(SessionCookie.encodedPath(context.getContextPath()))
                && Startup.sharesSessions(settings, context.getContextPath());
    }

    private static Set<SessionTrackingMode> modes(ServletContext context) {
        Set<SessionTrackingMode> modes = context.getEffectiveSessionTrackingModes();
        // null on a Jetty context without a session handler
        return modes == null ? Set.of(SessionTrackingMode.COOKIE) : modes;
    }

    private static @Nullable String containersName(@Nullable SessionCookieConfig config, CookieOverrides overrides) {
        if (overrides.name() != null) {
            return overrides.name();
        }
        return config == null ? null : config.getName();
    }

    private static String urlParameter(String cookieName) {
        return cookieName.equals(SessionCookie.DEFAULT_NAME) ? DEFAULT_URL_PARAMETER : cookieName;
    }

    private static SessionCookie cookie(
            ServletContext context,
            @Nullable SessionCookieConfig config,
            ContainerFacts facts,
            FilterSettings settings,
            @Nullable String containersName) {
        CookieOverrides overrides = facts.cookie();
        String usual = containersName == null ? SessionCookie.DEFAULT_NAME : containersName;
        String name = settings.cookieName().orElse(facts.loginUsesNativeSession() ? NAME_BESIDE_NATIVE : usual);
        boolean alwaysSecure = config != null && config.isSecure();
        return new SessionCookie(
                name,
                path(context, config, overrides, settings),
                overrides.domain() != null ? overrides.domain() : config == null ? null : config.getDomain(),
                config == null ? -1 : config.getMaxAge(),
                settings.cookieSecure().orElse(alwaysSecure ? Boolean.TRUE : null),
                !Boolean.FALSE.equals(overrides.httpOnly()) || config != null && config.isHttpOnly(),
                attributes(config, overrides));
    }

    private static String path(
            ServletContext context,
            @Nullable SessionCookieConfig config,
            CookieOverrides overrides,
            FilterSettings settings) {
        if (settings.cookiePath().isPresent()) {
            return settings.cookiePath().get();
        }
        String configured = overrides.path() != null ? overrides.path() : config == null ? null : config.getPath();
        String path = configured == null || configured.isEmpty()
                ? SessionCookie.encodedPath(context.getContextPath())
                : configured;
        return overrides.pathEndsWithSlash() && !path.endsWith("/") ? path + "/" : path;
    }

    private static Map<String, String> attributes(@Nullable SessionCookieConfig config, CookieOverrides overrides) {
        Map<String, String> attributes = new HashMap<>(SessionCookie.furtherAttributes(config));
        if (overrides.partitioned()) {
            attributes.put("Partitioned", "");
        }
        return attributes;
    }

    private static void check(
            SessionCookie cookie,
            ServletContext context,
            FilterSettings settings,
            Settings given,
            @Nullable String containersName) {
        cookie.problems()
                .forEach(problem -> given.problem("cookie-name", "does not work: the session cookie " + problem));
        boolean ownName = settings.cookieName().isPresent()
                || containersName != null && !containersName.equals(SessionCookie.DEFAULT_NAME);
        // Each application would overwrite the other's cookie, for ever: ids that a client brings are never adopted.
        if (cookie.isWiderThan(SessionCookie.encodedPath(context.getContextPath()))
                && !ownName
                && !Startup.sharesSessions(settings, context.getContextPath())) {
            given.problem(
                    "cookie-path",
                    "makes applications overwrite each other's session cookie: it is wider than the context path. Give this"
                            + " one a cookie-name of its own, or, to share sessions, the same application on all of them");
        }
    }
}
