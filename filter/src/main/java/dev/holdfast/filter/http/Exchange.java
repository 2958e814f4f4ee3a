package dev.holdfast.filter.http;

import dev.holdfast.filter.session.LiveSession;
import dev.holdfast.filter.session.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client and its answer, over all dispatches: which session it uses, and whether what it changed is saved.
 * The session is entered at most once at a time, and left when the request, async processing included, is over; an error page
 * that the container dispatches to after that uses it again.
 *
 * <p>Fields are guarded by this, for the threads of one request that ask for its session at the same time. The store is called
 * under that monitor: nobody waits but this request.
 */
final class Exchange implements SavePoint {

    /** Longer than a failover takes to be noticed, shorter than a user's patience. */
    private static final String RETRY_AFTER_SECONDS = "5";

    private enum Source {
        NONE,
        COOKIE,
        URL
    }

    private final WebApplication application;
    private final long arrivedNanos;

    /** Those that the filter was given: the ones whose headers count, whatever was put between them and the wrappers since. */
    private HttpServletRequest request;

    private HttpServletResponse response;

    private volatile @Nullable LiveSession live;

    /** Whether {@link #live} must be left. */
    private volatile boolean entered;

    /** Null until somebody asks. */
    private @Nullable RequestedIds requested;

    /** The id of the client's that named a valid session. */
    private @Nullable String requestedAndFound;

    /** By which this request knows {@link #live}, whatever other requests have made of it since; of no meaning without one. */
    private volatile String knownId = "";

    private boolean lookedUp;

    /** Whether the answer has a cookie with {@link #knownId}, which a reset would lose. */
    private boolean cookieIsWritten;

    /** Whether the store may know the session by that id. */
    private boolean cookieIsOwed;

    private volatile @Nullable RuntimeException failure;

    /** Whether the client gets 503 for the failure. */
    private volatile boolean withheld;

    private volatile boolean operatorKnows;

    /** Whether the application has completed the asynchronous processing. */
    private volatile boolean completed;

    /** Null unless the client may change over to this node by this answer. */
    private volatile @Nullable ChangeOver changeOver;

    /** Null if the request need not have its session for itself. */
    private final @Nullable HeldSessions locks;

    /** Null until there is output. Only for the threads that write the answer, one at a time. */
    private @Nullable OutputGate gate;

    private @Nullable SessionAsyncContext asyncContext;

    /** How many dispatches with the container's own request run within each other. */
    private int depth;

    private boolean over;

    Exchange(WebApplication application, HttpServletRequest request, HttpServletResponse response) {
        this.application = application;
        this.request = request;
        this.response = response;
        this.arrivedNanos = application.time().nanos();
        Locking locking = application.locking();
        this.locks = locking != null && locking.which().test(request) ? new HeldSessions(locking.locks()) : null;
        noteAccess();
    }

    private Sessions sessions() {
        return application.sessions();
    }

    WebApplication application() {
        return application;
    }

    HttpServletResponse response() {
        return response;
    }

    HttpServletRequest request() {
        return request;
    }

    // ---------------------------------------------------------------- which session

    /** A request that carries the id of a session is an access to it (Servlet 6.0, 7.6), also if nobody asks for the session. */
    private void noteAccess() {
        String route = application.route();
        if (route != null) {
            noteAccess(route);
            return;
        }
        if (!sessions().knowsAny()) {
            return;
        }
        if (application.containerSeesOurCookie()) {
            // the container has looked already, and without objects of its own for each cookie
            String one = request.getRequestedSessionId();
            if (one == null || sessions().isWellFormed(one) && sessions().noteAccess(one, arrivedNanos)) {
                return;
            }
        }
        for (String id : candidates()) {
            if (sessions().noteAccess(id, arrivedNanos)) {
                return;
            }
        }
    }

    /** As {@link #noteAccess()}; and if another node served the client last, this one knows it from here on. */
    private void noteAccess(String route) {
        if (application.containerSeesOurCookie() && request.getRequestedSessionId() == null) {
            return;
        }
        List<String> ids = candidates();
        for (String id : ids) {
            if (!requested().cookieNames(id, route)) {
                sessions().servedElsewhere(id);
            }
        }
        for (String id : ids) {
            if (sessions().noteAccess(id, arrivedNanos)) {
                break;
            }
        }
        // Of several ids nobody knows yet which is the one: the cookie of a wrong one might take the place of the right
        // one's.
        if (ids.size() == 1 && comesFromOtherNode(ids.get(0), route)) {
            changeOver = new ChangeOver(ids.get(0), requested().isInCookie(ids.get(0)));
        }
    }

    private boolean comesFromOtherNode(String id, String route) {
        return !requested().isFrom(id, route);
    }

    private RequestedIds requested() {
        RequestedIds ids = requested;
        if (ids == null) {
            ids = RequestedIds.of(
                    request,
                    application.cookies() ? application.cookie().name() : null,
                    application.urlParameter(),
                    sessions()::isWellFormed);
            requested = ids;
        }
        return ids;
    }

    private List<String> candidates() {
        return requested().candidates();
    }

    /**
     * The session of this request.
     *
     * @param create whether a new one is made if there is none; its cookie is added to the answer
     * @return null if there is none
     * @throws IllegalStateException if one must be made, but its cookie cannot be sent any more
     * @throws RuntimeException if the store cannot say; the answer is withheld then
     */
    synchronized @Nullable HttpSession session(boolean create) {
        LiveSession found = current();
        if (found != null) {
            return found.view();
        }
        if (!create) {
            return null;
        }
        if (over) {
            throw new IllegalStateException("cannot create a session for a request that is over");
        }
        if (application.cookies() && response.isCommitted()) {
            throw new IllegalStateException("cannot create a session after the response has been committed");
        }
        LiveSession made = sessions().create();
        use(made);
        changeOver = null; // nobody else knows this one
        // Others may come with the id as soon as the first byte is out, while this request still runs.
        lock(made.id());
        writeCookie(false);
        return made.view();
    }

    private @Nullable LiveSession current() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
        LiveSession known = live;
        if (known != null && !entered && !over && known.isValid()) {
            known = enterAgain(known);
        }
        if (known != null && known.isValid()) {
            return known;
        }
        if (known != null) {
            if (changeOver == null && isLateEnd(known)) {
                changeOver = new ChangeOver(knownId, isKnownByCookie());
            }
            leave();
            live = null;
        }
        if (!lookedUp && !over) {
            lookUp();
        }
        return live;
    }

    private void lookUp() {
        List<String> ids = candidates();
        for (int i = 0; i < ids.size(); i++) { // no iterator for each request
            String id = ids.get(i);
            LiveSession found = enter(id);
            if (found != null) {
                requestedAndFound = id;
                use(found);
                knownId = id;
                String route = application.route();
                changeOver = route != null && comesFromOtherNode(id, route)
                        ? new ChangeOver(id, requested().isInCookie(id))
                        : null;
                break;
            }
        }
        if (live == null) {
            changeOver = null;
        }
        lookedUp = true;
    }

    /** Whether the client's cookie says that this node has served it last. Ids in URLs may be as old as their page is. */
    private boolean isSettled(String id) {
        String route = application.route();
        return route != null && requested().cookieNames(id, route);
    }

    private @Nullable LiveSession enter(String id) {
        boolean locked = lock(id);
        // What another request saved while this one waited for the lock must be seen: a load that was sent at this very
        // tick of the clock may have been that one's.
        long waitedUntil = locked ? application.time().nanos() + 1 : arrivedNanos;
        try {
            LiveSession found = locks == null && isSettled(id)
                    ? sessions().enterSettled(id, arrivedNanos)
                    : sessions().enter(id, arrivedNanos, waitedUntil);
            if (found == null && locked && locks != null) {
                locks.release(id);
            }
            return found;
        } catch (RuntimeException e) {
            // To answer "no session" would log the user out because the store blinked.
            failure = e;
            throw e;
        }
    }

    /** @return whether it has been taken just now */
    private boolean lock(String id) {
        try {
            return locks != null && locks.take(id);
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** The session that this request had left when its filter chain returned, for the container's error page. */
    private @Nullable LiveSession enterAgain(LiveSession known) {
        LiveSession again = locks == null && sessions().reenter(known) ? known : enter(known.id());
        live = again;
        entered = again != null;
        return again;
    }

    private void use(LiveSession session) {
        live = session;
        knownId = session.id();
        entered = true;
        beRecognised();
    }

    /** So that a dispatch which comes with the container's own request is known to be of this exchange. */
    private void beRecognised() {
        request.setAttribute(application.exchangeAttribute(), this);
    }

    private void leave() {
        LiveSession used = live;
        if (entered && used != null) {
            entered = false;
            sessions().leave(used);
        }
    }

    /** @throws IllegalStateException if there is no session */
    synchronized String changeSessionId() {
        LiveSession session = current();
        if (session == null) {
            throw new IllegalStateException("changeSessionId: there is no session");
        }
        return changeId(session);
    }

    private String changeId(LiveSession session) {
        String id;
        try {
            if (locks != null) {
                locks.requireHeld(() -> sessions().giveUp(session)); // it saves what the session has
            }
            id = sessions().changeId(session, knownId);
        } catch (IllegalStateException invalid) {
            throw invalid;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
        knownId = id;
        // Requests that know it by the old one may be on their way to other nodes.
        changeOver = application.route() == null ? null : new ChangeOver(id, true);
        // The client must get the new id also with a 503: the old one is dead.
        writeCookie(true);
        lock(id);
        return id;
    }

    /** Somebody has logged in: whoever knew the id before must not be logged in too (session fixation). */
    synchronized void loggedIn() {
        LiveSession session = current();
        if (session != null) {
            changeId(session);
        }
    }

    // ---------------------------------------------------------------- what the client asked for

    /**
     * The id alone: applications compare it with {@code HttpSession.getId()}, and the route behind it is none of their business. What
     * has not the form of an id of ours stays as the client wrote it.
     */
    synchronized @Nullable String requestedId() {
        if (requestedAndFound != null) {
            return requestedAndFound;
        }
        String written = requested().first();
        String id = written == null ? null : RequestedIds.idOf(written);
        return id != null && sessions().isWellFormed(id) ? id : written;
    }

    synchronized boolean isRequestedIdFromCookie() {
        return source() == Source.COOKIE;
    }

    synchronized boolean isRequestedIdFromUrl() {
        return source() == Source.URL;
    }

    private Source source() {
        RequestedIds ids = requested();
        String id = requestedId();
        if (id == null) {
            return Source.NONE;
        }
        return ids.isInCookie(id) || ids.cookies().contains(id) ? Source.COOKIE : Source.URL;
    }

    synchronized boolean isRequestedIdValid() {
        if (requested().first() == null) {
            return false;
        }
        LiveSession session = current();
        return session != null && session.id().equals(requestedAndFound);
    }

    /** For what needs an id but must not cause a store call. */
    synchronized @Nullable String idIfKnown() {
        LiveSession known = live;
        return known != null && known.isValid()
                ? application.written(known.id())
                : requested().first();
    }

    // ---------------------------------------------------------------- cookie and URLs

    private void writeCookie(boolean owed) {
        cookieIsWritten = true;
        cookieIsOwed |= owed;
        if (application.cookies()) {
            writeCookie(knownId);
        }
    }

    private void writeCookie(String id) {
        application.cookie().write(response, application.written(id), request.isSecure());
    }

    /** The answer was reset, and with it went our cookie. */
    synchronized void rewriteCookie() {
        if (cookieIsWritten && application.cookies()) {
            writeCookie(knownId);
        }
    }

    /** @param redirect an empty URL is left empty there: it has no path that could carry the id */
    synchronized String encodeUrl(String url, boolean redirect) {
        String parameter = application.urlParameter();
        if (parameter == null || source() == Source.COOKIE || !SessionUrls.leadsHere(url, request)) {
            return url;
        }
        LiveSession session = current();
        if (session == null) {
            return url;
        }
        String carrier = url;
        if (url.isEmpty()) {
            if (redirect) {
                return url;
            }
            carrier = request.getRequestURL().toString();
        } else if (SessionUrls.isHostAlone(url)) {
            carrier = url + "/";
        }
        return SessionUrls.withId(carrier, parameter, application.written(session.id()));
    }

    // ---------------------------------------------------------------- saving

    @Override
    public boolean isPending() {
        LiveSession used = live;
        return changeOver != null || used != null && (hasChanges(used) || isLateEnd(used));
    }

    private boolean hasChanges(LiveSession used) {
        return used.mayNeedCommit() && entered && used.isValid();
    }

    /** Whether this request has ended its session when the client may have changed over to another node already. */
    private boolean isLateEnd(LiveSession used) {
        return application.route() != null
                && entered
                && !used.isValid()
                && sessions().isLong(arrivedNanos);
    }

    @Override
    public void save() {
        LiveSession used = live;
        if (used != null && hasChanges(used)) {
            save(used);
        }
        changeOver(used);
    }

    private void save(LiveSession used) {
        long commitsBefore = used.commits();
        try {
            if (locks != null) {
                locks.requireHeld(() -> sessions().giveUp(used));
                sessions().commitStored(used); // the lock is released after it
                // Whoever got the lock while this was on its way to the store may have been overwritten by it.
                locks.requireHeld(() -> sessions().giveUp(used));
            } else {
                sessions().commit(used);
            }
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
        cookieIsOwed = true;
        if (changeOver == null
                && application.route() != null
                && used.commits() != commitsBefore
                && sessions().isLong(arrivedNanos)) {
            changeOver = new ChangeOver(knownId, isKnownByCookie());
        }
    }

    /** Bytes may leave: the client is told, and so is the copy here, that this node serves the session from here on. */
    private void changeOver(@Nullable LiveSession used) {
        if (changeOver == null && used != null && isLateEnd(used)) {
            changeOver = new ChangeOver(knownId, isKnownByCookie());
        }
        ChangeOver due = changeOver;
        if (due == null) {
            return;
        }
        sessions().servedElsewhere(due.id());
        if (response.isCommitted()) {
            changeOver = null;
        } else if (application.cookies()
                && due.needsCookie(used == null ? null : used.id())
                && !application.cookie().isIn(response)) { // ours, or the application takes it away
            writeCookie(due.id());
        }
    }

    private boolean isKnownByCookie() {
        return !knownId.equals(requestedAndFound) || requested().isInCookie(knownId);
    }

    /** The application is done with the answer. Who has not used the session by now does not change it after the first byte. */
    synchronized void noMoreUse() {
        if (!lookedUp) {
            changeOver = null;
        }
    }

    @Override
    public boolean hasFailed() {
        return failure != null;
    }

    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** Saves, unless it is no use any more; a failure is kept, not thrown. */
    void saveQuietly() {
        LiveSession used = live;
        if (failure != null || used == null || !hasChanges(used)) {
            return;
        }
        try {
            save(used);
        } catch (RuntimeException kept) {
            // it is this exchange's failure now, and decides what becomes of the answer
        }
    }

    // ---------------------------------------------------------------- from dispatch to dispatch

    OutputGate gate() {
        OutputGate made = gate;
        if (made == null) {
            made = new OutputGate(this);
            gate = made;
        }
        return made;
    }

    synchronized void asyncStarted(SessionAsyncContext started) {
        asyncContext = started;
        beRecognised();
    }

    synchronized @Nullable SessionAsyncContext asyncContext() {
        return asyncContext;
    }

    /** The container dispatches with its own request and response: an error page, or after asynchronous processing. */
    synchronized void resume(HttpServletRequest containers, HttpServletResponse containersResponse) {
        requested(); // from the URI that the client sent: this dispatch has another
        request = containers;
        response = containersResponse;
    }

    /** @param errorPage what failed before has been answered for; the page has save points of its own */
    synchronized void dispatchBegins(boolean errorPage) {
        completed = false;
        if (errorPage && depth == 0) {
            failure = null;
            withheld = false;
            operatorKnows = false;
        }
        over = false;
        depth++;
    }

    synchronized boolean isRunning() {
        return depth > 0;
    }

    /** @return whether this was the outermost dispatch */
    synchronized boolean dispatchEnds() {
        depth--;
        return depth == 0;
    }

    /** The request is over: the session is left. Idempotent. Never throws. */
    synchronized void end() {
        over = true;
        ChangeOver due = changeOver;
        if (due != null) {
            // the container sends the rest of the answer, or all of it, after this
            sessions().servedElsewhere(due.id());
        }
        leave();
        if (locks != null) {
            locks.releaseAll();
        }
    }

    /**
     * Decides what becomes of the answer when the application is done with it, or is about to lose it.
     *
     * @param errorPage whether the container is dispatching an error already: it would not take another
     * @return whether the answer was withheld: whatever the application threw is of no interest any more
     * @throws RuntimeException if bytes have left, and their state is not saved: the client must see a broken answer
     */
    boolean settle(boolean errorPage) throws IOException {
        saveQuietly();
        RuntimeException cause = failure;
        if (cause == null) {
            changeOver(live);
        }
        if (cause == null || withheld) {
            return withheld;
        }
        if (response.isCommitted()) {
            tellOperator(Unacknowledged.Fate.BROKEN_OFF, cause);
            breakOff(cause);
            throw cause;
        }
        withheld = true;
        withhold(errorPage);
        tellOperator(Unacknowledged.Fate.WITHHELD, cause);
        return true;
    }

    /**
     * As {@link #settle}, in a thread of the application's.
     *
     * @return false if the answer must be broken off, which only the container's thread can do
     */
    boolean settleAsync() throws IOException {
        noMoreUse();
        saveQuietly();
        if (failure != null && !withheld && response.isCommitted()) {
            return false;
        }
        settle(false);
        completed = true;
        return true;
    }

    /** The filter chain has returned, but the application goes on in other threads. */
    void saveBeforeAsync() throws IOException {
        saveQuietly();
        if (completed) {
            // nobody will ask again whether it was saved
            settle(false);
        }
    }

    /** The client may have the whole answer already. Never throws. */
    void endAfterAnswer() {
        saveQuietly();
        RuntimeException cause = failure;
        if (cause != null && !withheld) {
            tellOperator(Unacknowledged.Fate.TOO_LATE, cause);
        }
        end();
    }

    private void tellOperator(Unacknowledged.Fate fate, RuntimeException cause) {
        if (!operatorKnows) {
            operatorKnows = true;
            application.unacknowledged().count(fate, cause);
        }
    }

    /**
     * The exception that follows makes the containers close the connection. Tomcat has ended an HTTP/2 stream by then as if all
     * were well, unless its last frame, the trailers, cannot be made.
     */
    private void breakOff(RuntimeException cause) {
        try {
            response.setTrailerFields(() -> {
                throw cause;
            });
        } catch (IllegalStateException noTrailers) {
            // not with this protocol, or not any more: there the exception is enough
        }
    }

    private void withhold(boolean errorPage) throws IOException {
        response.reset();
        if (cookieIsOwed) {
            rewriteCookie();
        }
        response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
        if (errorPage) {
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } else {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        }
    }
}
