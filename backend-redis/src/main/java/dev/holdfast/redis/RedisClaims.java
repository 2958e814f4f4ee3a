package dev.holdfast.redis;

import dev.holdfast.redis.server.Command;
import dev.holdfast.redis.server.Script;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds expired sessions, claims them, and ends those whose listeners have run. Thread-safe. */
final class RedisClaims {

    private final Calls calls;
    private final Keys keys;
    private final Scripts scripts;
    private final DueSearch search = new DueSearch();

    RedisClaims(Calls calls, Keys keys, Scripts scripts) {
        this.calls = calls;
        this.keys = keys;
        this.scripts = scripts;
    }

    /**
     * Suspects are asked for by name; of the others, those whose deadline in the sorted sets is over. Each call looks into
     * some of the buckets only, see {@link DueSearch}. A deadline in a set is no later than the session's own but may be
     * earlier, because accesses do not move it; the claiming script moves it then.
     *
     * <p>All of it within one operation timeout. After half of that nothing more is begun: a claim that came too late would
     * take the ones before it along.
     */
    List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        long deadline = calls.deadline();
        long lastStart = deadline - calls.timeout().toNanos() / 2;
        List<Claim> claims = new ArrayList<>();
        List<SessionKey> left = new ArrayList<>(new HashSet<>(suspects));
        while (!left.isEmpty() && claims.size() < limit && System.nanoTime() - lastStart < 0) {
            List<SessionKey> part = left.subList(0, Math.min(limit - claims.size(), left.size()));
            claim(part, true, lease, deadline, claims);
            part.clear();
        }
        while (claims.size() < limit && System.nanoTime() - lastStart < 0) {
            int room = limit - claims.size();
            List<Integer> buckets = search.next(System.nanoTime());
            if (buckets.isEmpty()) {
                break;
            }
            List<SessionKey> due = due(buckets, room, deadline);
            claim(due, false, lease, deadline, claims);
        }
        return claims;
    }

    private List<SessionKey> due(List<Integer> buckets, int room, long deadline) {
        int mostOfABucket = Math.min(room, RedisStore.KEYS_PER_CALL);
        byte[] most = Integer.toString(mostOfABucket).getBytes(StandardCharsets.US_ASCII);
        List<Command> commands = new ArrayList<>();
        for (int bucket : buckets) {
            commands.add(calls.script(scripts.due, bucket, List.of(keys.deadlines(bucket)), List.of(most), false));
        }
        List<@Nullable Object> answers = calls.send(commands, deadline);
        List<SessionKey> due = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            // With more of them than there is room for, the same bucket would be next again at once, for seconds.
            if (!(answers.get(i) instanceof List<?> members) || members.size() > mostOfABucket) {
                throw Status.unexpected("a search for expired sessions", answers.get(i));
            }
            if (due.size() + members.size() > room) {
                search.comeBackTo(buckets.get(i));
                break;
            }
            for (Object member : members) {
                SessionKey key = member instanceof byte[] bytes ? keys.member(buckets.get(i), bytes) : null;
                if (key != null) {
                    due.add(key);
                }
            }
        }
        return due;
    }

    private void claim(
            Collection<SessionKey> sessions, boolean suspects, Duration lease, long deadline, List<Claim> claims) {
        long op = Removal.newOp();
        List<List<SessionKey>> parts = parts(sessions);
        List<Command> commands = new ArrayList<>();
        for (List<SessionKey> part : parts) {
            ByteBuffer head = ByteBuffer.allocate(17);
            head.putLong(op);
            Numbers.put(head, Math.max(1, Numbers.millis(lease)), 6);
            Numbers.put(head, suspects ? part.size() : 0, 3);
            commands.add(withDeadlines(scripts.claim, part, head.array()));
        }
        List<@Nullable Object> answers = calls.send(commands, deadline);
        Map<SessionKey, Long> damaged = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            if (!(answers.get(i) instanceof List<?> claimed)) {
                throw Status.unexpected("a claim", answers.get(i));
            }
            for (int k = 0; k + 1 < claimed.size(); k += 2) {
                if (!(claimed.get(k) instanceof Long number)
                        || number < 1
                        || number > parts.get(i).size()
                        || !(claimed.get(k + 1) instanceof List<?> fields)) {
                    throw Status.unexpected("a claim", answers.get(i));
                }
                SessionKey key = parts.get(i).get(number.intValue() - 1);
                SessionSnapshot snapshot = soundOrNull(key, fields);
                if (snapshot != null) {
                    claims.add(new Claim(snapshot, op));
                } else {
                    damaged.put(key, op);
                }
            }
        }
        // Nobody is told of them who would confirm them; they would be claimed after each lease again.
        confirm(damaged, deadline);
    }

    /** One session that is damaged outside its head must not keep the others from their listeners. */
    private @Nullable SessionSnapshot soundOrNull(SessionKey key, List<?> fields) {
        try {
            return StoredHash.read(key, keys.session(key), fields).snapshot();
        } catch (StoreException e) {
            Log.LOG.warn(
                    "session {} has expired but cannot be read; it is ended, and no listener hears of it: {}",
                    key,
                    e.getMessage());
            return null;
        }
    }

    void confirm(Collection<Claim> claims) {
        Map<SessionKey, Long> ops = new LinkedHashMap<>();
        for (Claim claim : claims) {
            ops.put(claim.snapshot().key(), claim.op());
        }
        confirm(ops, calls.deadline());
    }

    private void confirm(Map<SessionKey, Long> ops, long deadline) {
        List<Command> commands = new ArrayList<>();
        for (List<SessionKey> part : parts(ops.keySet())) {
            ByteBuffer all = ByteBuffer.allocate(8 * part.size());
            for (SessionKey key : part) {
                Long op = ops.get(key);
                all.putLong(op == null ? 0 : op);
            }
            commands.add(withDeadlines(scripts.confirm, part, all.array()));
        }
        List<@Nullable Object> ignored = calls.send(commands, deadline);
    }

    /** What one call of a script can do: sessions of one bucket, and not too many. */
    private static List<List<SessionKey>> parts(Collection<SessionKey> sessions) {
        Map<Integer, List<SessionKey>> byBucket = new TreeMap<>();
        for (SessionKey key : sessions) {
            byBucket.computeIfAbsent(Keys.bucketOf(key), bucket -> new ArrayList<>())
                    .add(key);
        }
        List<List<SessionKey>> parts = new ArrayList<>();
        for (List<SessionKey> all : byBucket.values()) {
            for (int from = 0; from < all.size(); from += RedisStore.KEYS_PER_CALL) {
                parts.add(all.subList(from, Math.min(from + RedisStore.KEYS_PER_CALL, all.size())));
            }
        }
        return parts;
    }

    private Command withDeadlines(Script script, List<SessionKey> part, byte[] head) {
        int bucket = Keys.bucketOf(part.get(0));
        List<byte[]> names = new ArrayList<>();
        names.add(keys.deadlines(bucket));
        for (SessionKey key : part) {
            names.add(keys.session(key));
        }
        return calls.script(script, bucket, names, List.of(head), true);
    }
}
