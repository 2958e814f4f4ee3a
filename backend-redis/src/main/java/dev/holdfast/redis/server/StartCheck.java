package dev.holdfast.redis.server;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Looks at each master once when the store opens: what would fail later fails now, with a message, and what is dangerous
 * is warned about. Reads INFO only, since CONFIG is forbidden on managed servers.
 */
final class StartCheck {

    private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);
    private static final int OLDEST_MAJOR = 6;

    private final RedisSettings settings;
    private final Opener opener;
    private final Dialer dialer;
    private final Set<String> warnings = new LinkedHashSet<>();

    /** @param opener with the patience of a start */
    StartCheck(RedisSettings settings, Opener opener, Dialer dialer) {
        this.settings = settings;
        this.opener = opener;
        this.dialer = dialer;
    }

    /** @throws StoreException with the reason why the store cannot be opened */
    void check(Collection<Address> masters, long deadlineNanos) throws StoreException {
        for (Address master : masters) {
            try (Wire wire = opener.open(master, deadlineNanos)) {
                wire.until(deadlineNanos);
                check(wire);
            } catch (Unreachable e) {
                throw new StoreException(Kind.UNAVAILABLE, "redis " + e.getMessage(), e);
            } catch (IOException | JedisConnectionException e) {
                Unreachable explained = dialer.explained(master, e);
                throw new StoreException(Kind.UNAVAILABLE, "redis " + explained.getMessage(), e);
            }
        }
        for (String warning : warnings) {
            LOG.warn(warning);
        }
    }

    private void check(Wire wire) throws IOException {
        boolean waits = settings.waitReplicas() > 0;
        wire.write("EVAL", Wire.bytes("return 1"), Wire.bytes("0"));
        if (waits) {
            wire.write("WAIT", Wire.bytes("0"), Wire.bytes("1"));
        }
        wire.write("INFO");
        wire.flush();
        refuse(wire, "EVAL", wire.read());
        if (waits) {
            refuse(wire, "WAIT", wire.read());
        }
        Object reply = wire.read();
        if (reply instanceof ErrorReply error && error.code().equals("NOPERM")) {
            warnings.add(
                    "redis " + wire + ": the user may not run INFO, so nobody has looked whether maxmemory-policy is"
                            + " noeviction, as it must be; give the user +info, or make sure of it");
            return;
        }
        refuse(wire, "INFO", reply);
        check(wire.address(), fields(Wire.text(reply)));
    }

    private static void refuse(Wire wire, String command, @Nullable Object reply) {
        if (reply instanceof ErrorReply error) {
            throw new StoreException(Kind.UNAVAILABLE, "redis " + wire + ": " + error.explained(command));
        }
    }

    private void check(Address server, Map<String, String> info) {
        String version = info.getOrDefault("redis_version", "");
        int major =
                version.matches("[0-9]{1,4}\\..*") ? Integer.parseInt(version.substring(0, version.indexOf('.'))) : 0;
        if (major > 0 && major < OLDEST_MAJOR) {
            throw new StoreException(
                    Kind.UNAVAILABLE,
                    "redis " + server + ": the server is older than Redis " + OLDEST_MAJOR + "; update it");
        }
        boolean cluster = info.getOrDefault("cluster_enabled", "0").equals("1");
        boolean wanted = settings.address().kind() == StoreAddress.Kind.CLUSTER;
        if (cluster && !wanted) {
            throw new StoreException(
                    Kind.UNAVAILABLE, "redis " + server + ": " + new ErrorReply("MOVED").explained("INFO"));
        }
        String policy = info.get("maxmemory_policy");
        if (policy != null && policy.matches("[a-z-]{1,40}") && !policy.equals("noeviction")) {
            warnings.add(
                    "redis " + server + ": maxmemory-policy is " + policy + ": when its memory is full the server drops"
                            + " sessions, their deadlines (they then never expire with their listeners called) or the marks of"
                            + " ended ones (somebody logged out may be logged in again); set it to noeviction");
        }
        if (settings.address().kind() == StoreAddress.Kind.SINGLE) {
            return;
        }
        String connected = info.getOrDefault("connected_slaves", "");
        int replicas = connected.matches("[0-9]{1,4}") ? Integer.parseInt(connected) : 0;
        if (settings.waitReplicas() == 0) {
            warnings.add(
                    "redis.wait-replicas is 0: when a replica takes over, what the master had not sent to it yet is lost,"
                            + " though it was acknowledged; docs/operations.md says which number is right");
        } else if (settings.waitReplicas() < replicas) {
            warnings.add("redis " + server + ": redis.wait-replicas is " + settings.waitReplicas() + ", and there are "
                    + replicas + " replicas: one that has not confirmed a write may take over, and it is lost");
        } else if (settings.waitReplicas() > replicas) {
            warnings.add("redis " + server + ": redis.wait-replicas is " + settings.waitReplicas()
                    + ", and there are only " + replicas + " replicas: until there are more every write fails");
        }
    }

    private static Map<String, String> fields(@Nullable String info) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (info != null) {
            for (String line : info.split("\r\n")) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    fields.put(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                }
            }
        }
        return fields;
    }
}
