package dev.holdfast.redis.server;

import dev.holdfast.spi.Bounds;
import dev.holdfast.spi.Settings;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which Redis, and how to talk to it.
 *
 * @param address whom to ask for the master, or the master itself
 * @param credentials for the servers that hold data
 * @param sentinelCredentials for the Sentinels
 * @param tls makes TLS sockets, for all servers and Sentinels; empty: none of them speaks it
 * @param timeout for one answer of a server, for a connection to be ready, for replicas to confirm
 * @param poolSize most connections to one server
 * @param waitReplicas how many replicas confirm a write before it counts as done
 */
public record RedisSettings(
        StoreAddress address,
        Optional<Credentials> credentials,
        Optional<Credentials> sentinelCredentials,
        Optional<SSLSocketFactory> tls,
        Duration timeout,
        int poolSize,
        int waitReplicas) {

    private static final StoreAddress FALLBACK = StoreAddress.parse("redis://localhost");

    /**
     * Asks for all settings of a Redis; what is wrong is noted as a problem there, and the answer then stands in. Reads the
     * trust store's file.
     *
     * @param store the value of the setting {@code store}
     */
    public static RedisSettings from(String store, Settings settings) {
        StoreAddress address = FALLBACK;
        boolean understood = false;
        try {
            address = StoreAddress.parse(store);
            understood = true;
        } catch (IllegalArgumentException e) {
            settings.problem("store", String.valueOf(e.getMessage()));
        }
        Optional<Credentials> credentials = credentials(settings, "redis.user", "redis.password");
        if (address.credentials().isPresent() && credentials.isPresent()) {
            settings.problem("redis.password", "is given, and the store's address has one, too; leave one of them out");
        }
        Optional<Credentials> sentinelCredentials =
                credentials(settings, "redis.sentinel-user", "redis.sentinel-password");
        if (understood && sentinelCredentials.isPresent() && address.kind() != StoreAddress.Kind.SENTINEL) {
            settings.problem(
                    "redis.sentinel-password", "is given, but the store is not redis-sentinel://…; leave it out");
        }
        Optional<SSLSocketFactory> tls = tls(settings, !understood || address.tls());
        return new RedisSettings(
                address,
                credentials.or(address::credentials),
                sentinelCredentials,
                address.tls() ? tls : Optional.empty(),
                settings.duration(
                        "redis.timeout",
                        Duration.ofMillis(500),
                        Bounds.between(Duration.ofMillis(10), Duration.ofMinutes(1))),
                settings.integer("redis.pool-size", 4, Bounds.between(1, 1000)),
                settings.integer("redis.wait-replicas", 0, Bounds.between(0, 10)));
    }

    private static Optional<Credentials> credentials(Settings settings, String userName, String passwordName) {
        Optional<String> user = settings.string(userName);
        Optional<String> password = settings.secret(passwordName);
        if (user.isPresent() && password.isEmpty()) {
            settings.problem(userName, "is given without " + passwordName);
        }
        return password.map(text -> new Credentials(user.orElse(""), text));
    }

    private static Optional<SSLSocketFactory> tls(Settings settings, boolean wanted) {
        Optional<String> file = settings.string("redis.trust-store");
        Optional<String> password = settings.secret("redis.trust-store-password");
        if (file.isEmpty()) {
            if (password.isPresent()) {
                settings.problem("redis.trust-store-password", "is given without redis.trust-store");
            }
            // Not made without need: it reads the JVM's authorities.
            return wanted ? Optional.of((SSLSocketFactory) SSLSocketFactory.getDefault()) : Optional.empty();
        }
        if (!wanted) {
            settings.problem(
                    "redis.trust-store", "is given, but the store's address begins with redis, not rediss: no TLS");
        }
        String problem;
        try {
            KeyStore trusted = KeyStore.getInstance(
                    new File(file.get()), password.map(String::toCharArray).orElse(null));
            if (trusted.size() > 0) {
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(trusted);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trust.getTrustManagers(), null);
                return Optional.of(context.getSocketFactory());
            }
            problem = "has no certificate that can be read"
                    + (password.isEmpty() ? " without redis.trust-store-password" : "");
        } catch (IOException | GeneralSecurityException e) {
            problem = whyUnreadable(new File(file.get()), e);
        } catch (IllegalArgumentException e) {
            problem = whyUnreadable(new File(file.get()), null);
        }
        settings.problem("redis.trust-store", problem);
        return Optional.empty();
    }

    private static String whyUnreadable(File file, @Nullable Exception e) {
        if (!file.isFile() || !file.canRead()) {
            return "is not a file that this process can read";
        }
        // What KeyStore throws for a wrong password, in all formats.
        if (e != null && e.getCause() instanceof java.security.UnrecoverableKeyException) {
            return "cannot be opened with this redis.trust-store-password";
        }
        return "is not a PKCS12 or JKS key store; make one by keytool -importcert";
    }

    List<Address> addresses() {
        return address.addresses();
    }
}
