package dev.holdfast.filter;

import dev.holdfast.filter.codec.AllowedClasses;
import dev.holdfast.filter.codec.EnvelopeCodec;
import dev.holdfast.filter.codec.JdkSerializerProvider;
import dev.holdfast.filter.container.ContainerFacts;
import dev.holdfast.filter.health.Health;
import dev.holdfast.filter.http.Locking;
import dev.holdfast.filter.http.Routes;
import dev.holdfast.filter.http.SessionViews;
import dev.holdfast.filter.http.WebApplication;
import dev.holdfast.filter.listeners.ListenerEvents;
import dev.holdfast.filter.metrics.MeasuredStore;
import dev.holdfast.filter.metrics.Metrics;
import dev.holdfast.filter.metrics.StoreCounts;
import dev.holdfast.filter.session.RequestLocks;
import dev.holdfast.filter.session.SessionIds;
import dev.holdfast.filter.session.SessionRules;
import dev.holdfast.filter.session.Sessions;
import dev.holdfast.filter.session.WriteRules;
import dev.holdfast.filter.store.LateStore;
import dev.holdfast.filter.store.StoreBreaker;
import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SerializerProvider;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.SessionStoreProvider.ConfiguredStore;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreReport;
import dev.holdfast.spi.TimeSource;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.SessionTrackingMode;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a filter has when it has started.
 *
 * @param locks null if no request has its session for itself
 * @param codec to be closed after the sessions
 * @param ignore requests that pass untouched
 */
record Startup(
        Sessions sessions,
        @Nullable RequestLocks locks,
        EnvelopeCodec codec,
        WebApplication application,
        PathPatterns ignore,
        Metrics metrics,
        Health health)
        implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SessionFilter.class);
    private static final int RANDOM_ROUTE_BYTES = 9;

    /**
     * Whether the filter does anything at all. If not, no other setting is looked at: the backend's jar need not be here.
     */
    static boolean isEnabled(FilterConfig config) {
        boolean enabled = isEnabled(initParams(config));
        if (!enabled) {
            log.warn(
                    "session filter '{}' is not enabled: application '{}' has the container's own sessions, which end with"
                            + " this server",
                    config.getFilterName(),
                    config.getServletContext().getContextPath());
        }
        return enabled;
    }

    /** A wrong value counts as true: starting then reports it. */
    static boolean isEnabled(Map<String, String> initParams) {
        return new Settings(initParams).bool("enabled", true);
    }

    /**
     * Reads all settings, everybody's, before anything is opened, so that all problems are in one message.
     *
     * @throws dev.holdfast.spi.SettingsException with all of them
     * @throws dev.holdfast.spi.StoreException if the store cannot be opened
     */
    static Startup of(FilterConfig config) {
        ServletContext context = config.getServletContext();
        Settings given = new Settings(initParams(config));
        FilterSettings settings = FilterSettings.from(given, context.getContextPath());
        ConfiguredStore store = store(settings, given, context);
        ContainerFacts facts = ContainerFacts.read(config, settings.listeners());
        CookieSetup cookie = CookieSetup.of(context, facts, settings, given);
        AllowedClasses allowed = allowed(settings, given);
        List<SerializerProvider> serializers = serializers(settings, given, context);
        given.check(config.getFilterName());
        given.warnings().forEach(log::warn);

        TimeSource time = TimeSource.SYSTEM;
        SessionViews views = new SessionViews(context, time);
        SessionStore bare = open(settings, store, time);
        StoreReport report = bare instanceof StoreReport told ? told : null;
        StoreCounts counts = new StoreCounts();
        StoreBreaker breaker = new StoreBreaker(time, settings.timeout());
        SessionStore open = breaker.around(MeasuredStore.around(bare, counts));
        SessionIds ids = SessionIds.plain();
        if (settings.secret().isPresent()) {
            open = settings.secret().get().around(open, settings.application());
            ids = SessionIds.with(settings.secret().get().ids(settings.application()));
        }
        EnvelopeCodec codec = codec(settings, allowed, serializers, context);
        RequestLocks locks = null;
        Sessions sessions;
        try {
            locks = locks(settings, bare, breaker, time);
            sessions = new Sessions(
                    open,
                    codec,
                    ids,
                    new ListenerEvents(facts.listeners(), context.getClassLoader(), time),
                    rules(settings, facts, context),
                    time,
                    views);
            views.serve(sessions);
            sessions.start();
        } catch (RuntimeException | Error e) {
            if (locks != null) {
                locks.close();
            }
            open.close();
            throw e;
        }
        log.info(
                "session filter '{}' ready: application '{}' keeps its sessions as '{}' in {}; cookie {} for {}; {}",
                config.getFilterName(),
                context.getContextPath(),
                settings.application(),
                Settings.masked(settings.store()),
                cookie.cookie().name(),
                cookie.cookie().path(),
                given.summary());
        String route = settings.mode() == FilterSettings.Mode.STICKY
                ? route(settings, facts.route(), cookie.reachesOthers(context, settings))
                : null;
        if (route != null) {
            log.info("mode sticky: ids of sessions that this node serves reach clients as <id>.{}", route);
        }
        WebApplication application = new WebApplication(
                context,
                sessions,
                cookie.cookie(),
                cookie.tracks(SessionTrackingMode.COOKIE),
                cookie.tracks(SessionTrackingMode.URL) ? cookie.urlParameter() : null,
                cookie.isContainersToo(),
                route,
                locks == null
                        ? null
                        : new Locking(request -> settings.lock().covers(SessionFilter.path(request)), locks),
                time);
        Metrics metrics = Metrics.publish(
                application, settings.application(), Settings.masked(settings.store()), locks, counts, breaker, report);
        Health health = new Health(bare::ping, () -> report == null ? null : report.notReady(), time);
        return new Startup(sessions, locks, codec, application, settings.ignore(), metrics, health);
    }

    /** Stops everything. When it returns, nothing of the filter runs any more. */
    @Override
    public void close() {
        metrics.close();
        if (locks != null) {
            locks.close();
        }
        sessions.close();
        codec.close();
    }

    private static SessionStore open(FilterSettings settings, ConfiguredStore store, TimeSource time) {
        List<byte[]> keys = settings.secret()
                .map(secret -> secret.nodeKeys(settings.application()))
                .orElse(List.of());
        StoreContext context = new StoreContext(settings.application(), settings.expiryPolicy(), time, keys);
        if (settings.startWithoutStore()) {
            return LateStore.openNowOrLater(store, context);
        }
        try {
            return store.open(context);
        } catch (StoreException e) {
            throw new StoreException(
                    e.kind(),
                    "the store " + Settings.masked(settings.store()) + " cannot be opened: " + e.getMessage()
                            + " (with start-without-store=true the application starts all the same)",
                    e);
        }
    }

    /**
     * What this application on this node is called behind the ids that it gives to clients.
     *
     * @param containers what the container calls the node, null if nothing
     * @param shares whether another application of this node may serve the same sessions: it has a near cache of its own, so it needs
     *     a route of its own as another node does
     */
    static String route(FilterSettings settings, @Nullable String containers, boolean shares) {
        if (settings.route().isPresent()) {
            return settings.route().get();
        }
        if (containers != null && shares) {
            log.warn(
                    "the container's route is not used: other applications of this node may share these sessions, and would"
                            + " have the same. This start gets a random one: set the init-param route, another one in each application");
        } else if (containers != null && Routes.isWellFormed(containers)) {
            return containers;
        } else if (containers != null) {
            log.warn(
                    "the container's route cannot be used, it is not 1 to {} letters, digits, dashes and underscores;"
                            + " this start gets a random one: set the init-param route",
                    Routes.LONGEST);
        }
        // Never empty, never the same on two nodes: each would take the other's clients for its own.
        byte[] random = new byte[RANDOM_ROUTE_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static Map<String, String> initParams(FilterConfig config) {
        Map<String, String> params = new HashMap<>();
        for (String name : Collections.list(config.getInitParameterNames())) {
            params.put(name, config.getInitParameter(name));
        }
        return params;
    }

    private static ConfiguredStore store(FilterSettings settings, Settings given, ServletContext context) {
        String address = settings.store();
        int colon = address.indexOf(':');
        String scheme = (colon < 0 ? address : address.substring(0, colon)).toLowerCase(Locale.ROOT);
        Set<String> schemes = new TreeSet<>();
        for (SessionStoreProvider provider : Services.find(SessionStoreProvider.class, context.getClassLoader())) {
            if (provider.schemes().contains(scheme)) {
                return provider.configure(address, given);
            }
            schemes.addAll(provider.schemes());
        }
        given.problem(
                "store",
                "is of a kind that is not here; there are " + String.join(", ", schemes)
                        + " (is the backend's jar in WEB-INF/lib?)");
        return unused -> {
            throw new IllegalStateException("a store that was not found is not opened");
        };
    }

    private static AllowedClasses allowed(FilterSettings settings, Settings given) {
        try {
            return AllowedClasses.of(settings.allowClasses());
        } catch (IllegalArgumentException e) {
            given.problem("allow-classes", "has a pattern that is none: " + e.getMessage());
            return AllowedClasses.everythingFound();
        }
    }

    /** Those that can be used: what another node has written with one of them is read here too. */
    private static List<SerializerProvider> serializers(
            FilterSettings settings, Settings given, ServletContext context) {
        List<SerializerProvider> usable = new ArrayList<>();
        Set<String> known = new TreeSet<>();
        for (SerializerProvider provider : Services.find(SerializerProvider.class, context.getClassLoader())) {
            Optional<String> missing = provider.missing();
            if (missing.isEmpty()) {
                usable.add(provider);
            } else if (provider.name().equals(settings.serializer())) {
                given.problem(
                        "serializer", "needs " + missing.get() + ", which is not here (is its jar in WEB-INF/lib?)");
            }
            known.add(provider.name());
        }
        JdkSerializerProvider jdk = new JdkSerializerProvider();
        if (known.add(jdk.name())) { // a jar that lost its service file, such as a shaded one, still has the default
            usable.add(jdk);
        }
        if (!known.contains(settings.serializer())) {
            given.problem(
                    "serializer",
                    "is not here; there are " + String.join(", ", known)
                            + " (fory, kryo and protostuff come with holdfast-serializers: is its jar in WEB-INF/lib?)");
        }
        return usable;
    }

    private static EnvelopeCodec codec(
            FilterSettings settings,
            AllowedClasses allowed,
            List<SerializerProvider> providers,
            ServletContext context) {
        if (!allowed.isRestricted() && settings.secret().isEmpty()) {
            log.warn(
                    "allow-classes is not set: whoever can write to the store can make this node read any class that the"
                            + " application has");
        }
        SerializerLimits limits = new SerializerLimits(
                allowed,
                settings.maxDepth(),
                settings.maxReferences(),
                settings.maxArrayLength(),
                settings.maxDecodeTime());
        List<Serializer> all =
                providers.stream().map(provider -> provider.create(limits)).toList();
        Serializer chosen = all.stream()
                .filter(serializer -> serializer.name().equals(settings.serializer()))
                .findFirst()
                .orElseThrow();
        return new EnvelopeCodec(
                chosen,
                all,
                context.getClassLoader(),
                new EnvelopeCodec.Sizes(settings.compressAbove(), settings.maxSessionSize()));
    }

    private static @Nullable RequestLocks locks(
            FilterSettings settings, SessionStore bare, StoreBreaker breaker, TimeSource time) {
        if (settings.lock().isNone()) {
            return null;
        }
        if (!(bare instanceof SessionLocks store)) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE,
                    "lock is set, but the store " + Settings.masked(settings.store())
                            + " has no locks; remove the setting lock, or choose a store that has them");
        }
        SessionLocks guarded = breaker.around(store);
        SessionLocks named = settings.secret()
                .map(secret -> secret.locks(guarded, settings.application()))
                .orElse(guarded);
        return new RequestLocks(named, settings.application(), settings.lockLease(), settings.lockWait(), time);
    }

    private static SessionRules rules(FilterSettings settings, ContainerFacts facts, ServletContext context) {
        boolean refuses = settings.unserializable()
                .map(each -> each == FilterSettings.Unserializable.REFUSE)
                .orElse(facts.distributable());
        WriteRules writes = new WriteRules(
                settings.write() == FilterSettings.Write.ASYNC,
                settings.goesOnWithoutStore(),
                settings.mode() == FilterSettings.Mode.STICKY,
                settings.backlog(),
                settings.backlogSize());
        return new SessionRules(
                settings.application(),
                settings.expiryPolicy(),
                Duration.ofMinutes(Math.max(0, context.getSessionTimeout())),
                settings.nearCache(),
                settings.claimLease(),
                settings.rebuild(),
                settings.dirtyCheck() == FilterSettings.DirtyCheck.ALL,
                refuses,
                settings.maxSessionSize(),
                writes,
                settings.attributes(),
                settings.maxActiveSessions() == 0 ? Integer.MAX_VALUE : settings.maxActiveSessions(),
                settings.expireOnStop());
    }

    /** Whether the application was given a name of its own, by which others can share its sessions. */
    static boolean sharesSessions(FilterSettings settings, @Nullable String contextPath) {
        return contextPath != null && !settings.application().equals(ApplicationName.of(contextPath));
    }
}
