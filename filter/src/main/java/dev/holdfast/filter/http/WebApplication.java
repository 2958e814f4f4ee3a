package dev.holdfast.filter.http;

import dev.holdfast.filter.session.Sessions;
import dev.holdfast.spi.TimeSource;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What all requests of one application have in common. Immutable.
 *
 * @param cookies whether ids travel in cookies
 * @param urlParameter what the id is called in URLs; null if it does not travel in URLs
 * @param containerSeesOurCookie whether the container looks at the cookie of our name too, so that a request of which it says
 *     that there is no requested session has no such cookie
 * @param route what stands behind the ids that this node writes, so that requests find the node that serves their session; null
 *     if any node serves any request
 * @param locking which requests have their session for themselves; null if none has
 */
public record WebApplication(
        ServletContext context,
        Sessions sessions,
        SessionCookie cookie,
        boolean cookies,
        @Nullable String urlParameter,
        boolean containerSeesOurCookie,
        @Nullable String route,
        @Nullable Locking locking,
        TimeSource time,
        String exchangeAttribute,
        Unacknowledged unacknowledged) {

    public WebApplication(
            ServletContext context,
            Sessions sessions,
            SessionCookie cookie,
            boolean cookies,
            @Nullable String urlParameter,
            boolean containerSeesOurCookie,
            @Nullable String route,
            @Nullable Locking locking,
            TimeSource time) {
        this(
                context,
                sessions,
                cookie,
                cookies,
                urlParameter,
                containerSeesOurCookie,
                route,
                locking,
                time,
                Exchange.class.getName() + "@" + context.getContextPath(),
                new Unacknowledged(time));
    }

    /** Answers that became 503, because the session could not be read or saved; since the start. */
    public long withheldAnswers() {
        return unacknowledged.counted(Unacknowledged.Fate.WITHHELD);
    }

    /** Answers that were broken off, or had gone out whole, when the session turned out not to be saved; since the start. */
    public long brokenAnswers() {
        return unacknowledged.counted(Unacknowledged.Fate.BROKEN_OFF)
                + unacknowledged.counted(Unacknowledged.Fate.TOO_LATE);
    }

    /** An id as clients get it. */
    String written(String id) {
        return route == null ? id : id + "." + route;
    }

    /**
     * Whether a request is dispatched within this application. Tomcat puts its request for a dispatch to another application
     * below our wrapper; then sessions are that one's.
     */
    boolean isHere(ServletRequest request) {
        ServletContext other = request.getServletContext();
        return other == context || other == null || other.getContextPath().equals(context.getContextPath());
    }
}
