package dev.holdfast.filter;

import static dev.holdfast.spi.Bounds.atLeast;
import static dev.holdfast.spi.Bounds.between;

import dev.holdfast.filter.http.Routes;
import dev.holdfast.filter.secret.Secrets;
import dev.holdfast.filter.session.AttributeNames;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The settings of the filter itself; a store's own are read by its provider. Read once, checked once, cannot change after.
 *
 * @param enabled whether the filter does anything
 * @param store which store, as an address; its scheme names the backend
 * @param application the name under which the store keeps the sessions of this application
 * @param cookieName overrides the container's configuration
 * @param cookiePath overrides the container's configuration
 * @param cookieSecure overrides the container's configuration, and the request's own idea of being secure
 * @param ignore requests that pass untouched, with the container's own objects
 * @param mode which node serves a session
 * @param route what this node is called behind the ids that it gives to clients; if empty, as the container calls it
 * @param write when an answer leaves
 * @param onStoreFailure what a request gets while the store is away; if empty, the mode decides
 * @param backlog of how many sessions changes may wait to be stored
 * @param backlogSize how much memory these may take
 * @param startWithoutStore whether the application starts although the store cannot be opened
 * @param lock which requests have their session for themselves
 * @param lockLease how long a node that died keeps others from its sessions
 * @param lockWait how long a request waits for another one
 * @param rebuild whether a session that the store lost may be written again from a live copy
 * @param nearCache the most live sessions kept when no request uses them
 * @param touchInterval the most that a stored access lags behind the last one
 * @param timeout the most that one store operation takes
 * @param tombstoneLife how long a removed session is remembered as removed
 * @param reapTime how long an expired session that nobody claimed is kept for its listeners
 * @param claimLease how long a node may take to run the listeners of sessions that expired, before another node does
 * @param serializer the name of what turns values into bytes
 * @param allowClasses patterns of the classes that may be read from stored bytes; empty for all
 * @param maxDepth the deepest object graph that is read
 * @param maxReferences the most objects in one attribute that is read
 * @param maxArrayLength the longest array that is read
 * @param maxDecodeTime the most processor time for reading one attribute
 * @param compressAbove attributes whose encoding is longer are compressed
 * @param maxSessionSize the most bytes that the attributes of a session may have, encoded
 * @param secret what hides sessions from the store; empty: nothing does
 * @param attributes which attributes are stored
 * @param maxActiveSessions how many sessions this node may have when it is asked for a new one; 0: as many as come
 * @param expireOnStop whether the sessions that this node has end when the application is stopped here
 * @param listeners names of classes, for containers whose own listeners cannot be found
 * @param unserializable what becomes of a value that cannot travel; if empty, web.xml's {@code <distributable/>} decides
 */
record FilterSettings(
        boolean enabled,
        String store,
        String application,
        Optional<String> cookieName,
        Optional<String> cookiePath,
        Optional<Boolean> cookieSecure,
        PathPatterns ignore,
        Mode mode,
        Optional<String> route,
        Write write,
        Optional<OnStoreFailure> onStoreFailure,
        int backlog,
        int backlogSize,
        boolean startWithoutStore,
        LockRule lock,
        Duration lockLease,
        Duration lockWait,
        boolean rebuild,
        DirtyCheck dirtyCheck,
        int nearCache,
        Duration touchInterval,
        Duration timeout,
        Duration tombstoneLife,
        Duration reapTime,
        Duration claimLease,
        String serializer,
        List<String> allowClasses,
        int maxDepth,
        int maxReferences,
        int maxArrayLength,
        Duration maxDecodeTime,
        int compressAbove,
        int maxSessionSize,
        Optional<Secrets> secret,
        AttributeNames attributes,
        int maxActiveSessions,
        boolean expireOnStop,
        List<String> listeners,
        Optional<Unserializable> unserializable) {

    /** Which node serves a session. */
    enum Mode {
        /** Any node, any request. */
        SHARED,
        /** The one that served it last, without asking the store, as long as its requests come there. */
        STICKY
    }

    /** When an answer leaves. */
    enum Write {
        /** When what it changed is stored. */
        SYNC,
        /** When what it changed waits to be stored by a thread of the filter's. */
        ASYNC
    }

    /** What a request gets that needs its session while the store is away. */
    enum OnStoreFailure {
        /** 503 with Retry-After. */
        FAIL,
        /** The copy that its node has; what it changes is stored later. */
        LOCAL
    }

    /** Which attributes may have changed in a request. */
    enum DirtyCheck {
        /** Those that were set or removed, and mutable values that were handed out and no longer encode to the same bytes. */
        ALL,
        /** Those that were set or removed. */
        SET
    }

    /** What becomes of a value that cannot travel. */
    enum Unserializable {
        /** {@code setAttribute} throws IllegalArgumentException. */
        REFUSE,
        /** It stays on this node. */
        LOCAL
    }

    /** What a cookie's name may be: a token of RFC 6265. */
    private static final Predicate<String> COOKIE_NAME =
            Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}").asMatchPredicate();

    private static final Predicate<String> COOKIE_PATH =
            Pattern.compile("/[\\x21-\\x7e&&[^;,\"\\\\]]{0,255}").asMatchPredicate();

    private static final Predicate<String> APPLICATION =
            Pattern.compile("[A-Za-z0-9._-]{1," + SessionKey.MAX_LENGTH + "}").asMatchPredicate();

    private static final Predicate<String> CLASS_NAME = Pattern.compile(
                    "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*"
                            + "(\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*)*")
            .asMatchPredicate();

    /**
     * Never throws for what the operator wrote: problems are noted in {@code settings}, and what is returned then must not be
     * used.
     *
     * @param contextPath of the application, as {@code ServletContext.getContextPath()} gives it
     */
    static FilterSettings from(Settings settings, String contextPath) {
        FilterSettings read = new FilterSettings(
                settings.bool("enabled", true),
                settings.string("store", "local"),
                settings.string("application").orElseGet(() -> ApplicationName.of(contextPath)),
                settings.string("cookie-name"),
                settings.string("cookie-path"),
                settings.bool("cookie-secure"),
                PathPatterns.parse(settings.list("ignore"), problem -> settings.problem("ignore", problem)),
                settings.choice("mode", Mode.SHARED),
                settings.string("route"),
                settings.choice("write", Write.SYNC),
                settings.choice("on-store-failure", OnStoreFailure.class),
                settings.integer("backlog", 10_000, atLeast(1)),
                settings.size("backlog-size", 64 << 20, atLeast(1 << 20)),
                settings.bool("start-without-store", false),
                LockRule.parse(settings.string("lock", "none"), problem -> settings.problem("lock", problem)),
                settings.duration(
                        "lock-lease", Duration.ofSeconds(10), between(Duration.ofMillis(100), SessionLocks.LONGEST)),
                settings.duration("lock-wait", Duration.ofSeconds(15), between(Duration.ZERO, SessionLocks.LONGEST)),
                settings.bool("rebuild", true),
                settings.choice("dirty-check", DirtyCheck.ALL),
                settings.integer("near-cache", 10_000, atLeast(1)),
                settings.duration("touch-interval", Duration.ofSeconds(60), atLeast(Duration.ofMillis(100))),
                settings.duration("timeout", Duration.ofSeconds(2), atLeast(Duration.ofMillis(10))),
                settings.duration("tombstone-life", Duration.ofMinutes(30), atLeast(Duration.ofSeconds(1))),
                settings.duration("reap-time", Duration.ofMinutes(10), atLeast(Duration.ofSeconds(1))),
                settings.duration("claim-lease", Duration.ofSeconds(60), atLeast(Duration.ofMillis(100))),
                settings.string("serializer", "jdk"),
                settings.list("allow-classes"),
                settings.integer("max-depth", 200, atLeast(1)),
                settings.integer("max-references", 1_000_000, atLeast(1)),
                settings.integer("max-array-length", 16_777_216, atLeast(1)),
                settings.duration("max-decode-time", SerializerLimits.USUAL_TIME, atLeast(Duration.ofMillis(50))),
                settings.size("compress-above", 128, atLeast(0)),
                settings.size("max-session-size", 16 << 20, atLeast(1 << 10)),
                secret(settings),
                AttributeNames.parse(settings.list("attributes"), problem -> settings.problem("attributes", problem)),
                settings.integer("max-active-sessions", 0, atLeast(0)),
                settings.bool("expire-on-stop", false),
                settings.list("listeners"),
                settings.choice("unserializable", Unserializable.class));
        read.check(settings);
        return read;
    }

    private static Optional<Secrets> secret(Settings settings) {
        try {
            return settings.secret("secret").map(Secrets::parse);
        } catch (IllegalArgumentException e) {
            settings.problem("secret", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** What depends on more than one setting, or on a form that a getter does not know. */
    private void check(Settings settings) {
        if (!APPLICATION.test(application)) {
            settings.problem("application", "is not 1 to 100 letters, digits, dots, dashes and underscores");
        }
        if (cookieName.isPresent() && !COOKIE_NAME.test(cookieName.get())) {
            settings.problem("cookie-name", "cannot name a cookie: only letters, digits and !#$%&'*+-.^_`|~ can");
        }
        if (cookiePath.isPresent() && !COOKIE_PATH.test(cookiePath.get())) {
            settings.problem("cookie-path", "is not a path that begins with /, of visible ASCII without ; , \" \\");
        }
        if (route.isPresent() && !Routes.isWellFormed(route.get())) {
            settings.problem("route", "is not 1 to " + Routes.LONGEST + " letters, digits, dashes and underscores");
        }
        if (write == Write.ASYNC && mode == Mode.SHARED) {
            // The page after a login may come to a node that does not know of it yet.
            settings.problem(
                    "write",
                    "can only be async with mode=sticky: with mode=shared the next request may come to a node that does not have"
                            + " yet what this one was told is done");
        }
        for (String listener : listeners) {
            if (!CLASS_NAME.test(listener)) {
                settings.problem("listeners", "holds something that is not the name of a class");
            }
        }
        // Copies beyond near-cache are dropped, and would not be counted.
        if (maxActiveSessions > nearCache) {
            settings.problem("max-active-sessions", "is more than near-cache (" + nearCache + "): raise that, too");
        }
        // A save that was on its way when its session was removed must still find the tombstone, or it brings the
        // session back.
        if (tombstoneLife.compareTo(timeout.multipliedBy(2)) <= 0) {
            settings.problem("tombstone-life", "is too short: it must be more than twice the timeout");
        }
        // A claimer that died is noticed after its lease; what the next one needs must still be there.
        if (reapTime.compareTo(claimLease) <= 0) {
            settings.problem("reap-time", "is too short: it must be longer than claim-lease");
        }
    }

    /** Whether requests go on with the copies here while the store is away. */
    boolean goesOnWithoutStore() {
        return onStoreFailure.orElse(mode == Mode.STICKY ? OnStoreFailure.LOCAL : OnStoreFailure.FAIL)
                == OnStoreFailure.LOCAL;
    }

    /** How long sessions live, for the store. */
    ExpiryPolicy expiryPolicy() {
        return new ExpiryPolicy(touchInterval, timeout, reapTime, tombstoneLife);
    }
}
