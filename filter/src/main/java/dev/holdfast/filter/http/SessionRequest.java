package dev.holdfast.filter.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.PushBuilder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The request that the application gets: its session is ours. In a dispatch to another application, which containers may put
 * below this wrapper, all questions about sessions go on to what is below.
 */
final class SessionRequest extends HttpServletRequestWrapper {

    private final Exchange exchange;
    private final SessionResponse response;

    SessionRequest(HttpServletRequest request, SessionResponse response, Exchange exchange) {
        super(request);
        this.response = response;
        this.exchange = exchange;
    }

    /** Our wrapper of this application among those around a request; null if there is none. */
    static @Nullable SessionRequest in(ServletRequest request, WebApplication application) {
        ServletRequest at = request;
        while (true) {
            if (at instanceof SessionRequest ours && ours.exchange.application() == application) {
                return ours;
            }
            if (!(at instanceof ServletRequestWrapper wrapper)) {
                return null;
            }
            at = wrapper.getRequest();
        }
    }

    Exchange exchange() {
        return exchange;
    }

    /** See {@link GuardedResponse#forwardEnded}. */
    void forwardEnded() {
        response.forwardEnded();
    }

    private boolean isElsewhere() {
        return !exchange.application().isHere(getRequest());
    }

    @Override
    public @Nullable HttpSession getSession(boolean create) {
        return isElsewhere() ? super.getSession(create) : exchange.session(create);
    }

    @Override
    public @Nullable HttpSession getSession() {
        return getSession(true);
    }

    @Override
    public String changeSessionId() {
        return isElsewhere() ? super.changeSessionId() : exchange.changeSessionId();
    }

    @Override
    public @Nullable String getRequestedSessionId() {
        return isElsewhere() ? super.getRequestedSessionId() : exchange.requestedId();
    }

    @Override
    public boolean isRequestedSessionIdValid() {
        return isElsewhere() ? super.isRequestedSessionIdValid() : exchange.isRequestedIdValid();
    }

    @Override
    public boolean isRequestedSessionIdFromCookie() {
        return isElsewhere() ? super.isRequestedSessionIdFromCookie() : exchange.isRequestedIdFromCookie();
    }

    @Override
    public boolean isRequestedSessionIdFromURL() {
        return isElsewhere() ? super.isRequestedSessionIdFromURL() : exchange.isRequestedIdFromUrl();
    }

    @Override
    public void login(String username, String password) throws ServletException {
        boolean anonymous = getRemoteUser() == null;
        super.login(username, password);
        afterLogin(anonymous);
    }

    @Override
    public boolean authenticate(HttpServletResponse answer) throws IOException, ServletException {
        boolean anonymous = getRemoteUser() == null;
        boolean authenticated = super.authenticate(answer);
        afterLogin(anonymous);
        return authenticated;
    }

    private void afterLogin(boolean wasAnonymous) {
        if (wasAnonymous && getRemoteUser() != null && !isElsewhere()) {
            exchange.loggedIn();
        }
    }

    @Override
    public @Nullable PushBuilder newPushBuilder() {
        PushBuilder builder = super.newPushBuilder();
        if (builder == null || isElsewhere()) {
            return builder;
        }
        return builder.sessionId(exchange.idIfKnown());
    }

    @Override
    public <T extends HttpUpgradeHandler> T upgrade(Class<T> handlerClass) throws IOException, ServletException {
        if (!response.admitAll()) {
            throw new ServletException("no upgrade: the state of this request is not saved", exchange.failure());
        }
        return super.upgrade(handlerClass);
    }

    /** The container gets its own pair, so that a dispatch goes where it would go without us; the application gets ours. */
    @Override
    public AsyncContext startAsync() {
        return started(super.startAsync(), this, response, true);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse answer) {
        boolean original = request == this && answer == response;
        return started(super.startAsync(request, answer), request, answer, original);
    }

    private AsyncContext started(
            AsyncContext containers, ServletRequest request, ServletResponse answer, boolean original) {
        SessionAsyncContext mine = new SessionAsyncContext(containers, exchange, request, answer, original);
        exchange.asyncStarted(mine);
        containers.addListener(new EndOfAsync(exchange));
        return mine;
    }

    @Override
    public AsyncContext getAsyncContext() {
        AsyncContext containers = super.getAsyncContext();
        SessionAsyncContext known = exchange.asyncContext();
        return known != null && known.wraps(containers)
                ? known
                // started below us: all that can be done is that it ends through us
                : new SessionAsyncContext(containers, exchange, this, response, true);
    }
}
