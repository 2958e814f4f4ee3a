package dev.holdfast.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What all clients were told, put together after they have ended. */
final class History {

    private static final Duration MARGIN = Duration.ofMillis(100);
    private static final int SHOWN = 10;

    private final List<SessionKey> shared;
    private final List<Client> clients;
    private final List<SessionStore> members;
    private final long faultBegin;
    private final long faultEnd;
    private final List<Call> calls = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();

    History(List<SessionKey> shared, List<Client> clients, List<SessionStore> members, long faultBegin, long faultEnd) {
        this.shared = shared;
        this.clients = clients;
        this.members = members;
        this.faultBegin = faultBegin;
        this.faultEnd = faultEnd;
        for (Client client : clients) {
            calls.addAll(client.calls);
            writes.addAll(client.writes);
            seen.addAll(client.seen);
        }
        calls.sort(Comparator.comparingLong(Call::endNanos));
        seen.sort(Comparator.comparingLong(Seen::endNanos));
    }

    static Map<String, Long> values(SessionSnapshot snapshot) {
        Map<String, Long> values = new TreeMap<>();
        snapshot.attributes().forEach((name, attribute) -> values.put(name, number(attribute)));
        return values;
    }

    private static long number(StoredAttribute attribute) {
        return Long.parseLong(new String(attribute.bytes(), StandardCharsets.US_ASCII));
    }

    List<Call> failed(Predicate<Call> which) {
        return calls.stream().filter(Call::failed).filter(which).toList();
    }

    List<Call> calls() {
        return calls;
    }

    long faultBegin() {
        return faultBegin;
    }

    long faultEnd() {
        return faultEnd;
    }

    // What must hold.

    void assertNoCallTookTooLong() {
        long limit = Load.POLICY.timeout().plus(MARGIN.multipliedBy(10)).toNanos();
        assertThat(calls.stream().filter(call -> call.nanos() > limit)).isEmpty();
    }

    /** No session was missing, nothing was damaged, no call ended otherwise than it may. */
    void assertNoSessionLost() {
        assertThat(first(problems())).isEmpty();
        assertThat(first(lostSessions())).isEmpty();
    }

    /** Each version had one content, whoever saw it and from where; else a near cache would serve a wrong one. */
    void assertVersionsNameContents() {
        Map<String, Seen> contents = new HashMap<>();
        List<String> bad = new ArrayList<>();
        for (Seen each : seen) {
            String name = each.key().opaque() + "@" + each.version();
            Seen other = contents.putIfAbsent(name, each);
            if (other != null && !other.values().equals(each.values())) {
                bad.add(name + ": " + other.values() + " and " + each.values());
            }
        }
        assertThat(first(bad)).isEmpty();
    }

    /**
     * Whoever looks after a write was acknowledged finds it or a later one, and nobody finds what has not been written yet.
     * What was acknowledged is there at the end, or what the same client wrote after it.
     */
    void assertNothingAcknowledgedIsMissing() {
        assertThat(first(missing())).isEmpty();
        assertThat(first(missingAtTheEnd())).isEmpty();
    }

    /** With one server that forgets nothing: no value and no version is ever followed by an earlier one. */
    void assertNothingGoesBack() {
        assertThat(first(goneBack())).isEmpty();
    }

    private static List<String> first(List<String> all) {
        return all.size() <= SHOWN ? all : all.subList(0, SHOWN);
    }

    // What is counted.

    List<String> problems() {
        return clients.stream().flatMap(client -> client.problems.stream()).toList();
    }

    List<String> missing() {
        Map<String, List<Write>> byAttribute = new HashMap<>();
        writes.forEach(write -> byAttribute
                .computeIfAbsent(write.key().opaque() + "." + write.attribute(), name -> new ArrayList<>())
                .add(write));
        List<String> bad = new ArrayList<>();
        for (Seen each : seen) {
            for (int client = 0; client < clients.size(); client++) {
                String attribute = "c" + client;
                List<Write> all = byAttribute.getOrDefault(each.key().opaque() + "." + attribute, List.of());
                long least = 0;
                long most = 0;
                // In the order in which their one client wrote them.
                for (Write write : all) {
                    if (write.acknowledged() && write.endNanos() < each.beginNanos()) {
                        least = write.value();
                    }
                    if (write.beginNanos() < each.endNanos()) {
                        most = write.value();
                    } else {
                        break;
                    }
                }
                long value = each.values().getOrDefault(attribute, 0L);
                if (value < least || value > most) {
                    bad.add(each.key().opaque() + "." + attribute + " is " + value + ", not from " + least + " to "
                            + most);
                }
            }
        }
        return bad;
    }

    /** Acknowledged writes of shared sessions whose attribute has an older value now, or a value that nobody wrote. */
    List<String> missingAtTheEnd() {
        List<String> bad = new ArrayList<>();
        for (SessionKey key : shared) {
            for (SessionStore member : members) {
                if (!(member.load(key, 0, Access.NONE) instanceof Loaded.Found found)) {
                    continue;
                }
                Map<String, Long> values = values(found.snapshot());
                for (int client = 0; client < clients.size(); client++) {
                    String attribute = "c" + client;
                    Set<Long> possible = new HashSet<>(Set.of(0L));
                    for (Write write : clients.get(client).writes) {
                        if (write.key().equals(key)) {
                            if (write.acknowledged()) {
                                possible.clear();
                            }
                            possible.add(write.value());
                        }
                    }
                    long value = values.getOrDefault(attribute, 0L);
                    if (!possible.contains(value)) {
                        bad.add(key.opaque() + "." + attribute + " is " + value + " at the end, not one of "
                                + possible);
                    }
                }
            }
        }
        return bad;
    }

    /** Sessions that are not, at the end, what those who made or ended them were told. */
    List<String> lostSessions() {
        List<String> bad = new ArrayList<>();
        for (SessionStore member : members) {
            for (SessionKey key : shared) {
                Loaded loaded = member.load(key, 0, Access.NONE);
                if (!(loaded instanceof Loaded.Found)) {
                    bad.add(key.opaque() + " is " + loaded.getClass().getSimpleName());
                }
            }
            for (Client client : clients) {
                client.own.forEach((key, fate) -> {
                    Loaded loaded = member.load(key, 0, Access.NONE);
                    Class<?> expected = fate == Client.Fate.ALIVE ? Loaded.Found.class : Loaded.Removed.class;
                    if (fate != Client.Fate.UNKNOWN && !expected.isInstance(loaded)) {
                        bad.add(key.opaque() + " was " + fate + " and is "
                                + loaded.getClass().getSimpleName());
                    }
                });
            }
        }
        return bad;
    }

    List<String> goneBack() {
        List<String> bad = new ArrayList<>();
        Map<String, Long> counters = new HashMap<>();
        for (Seen each : seen) {
            String who = "client " + each.client() + " at " + each.key().opaque();
            long counter = Version.counter(each.version());
            Long before = counters.put(who, counter);
            if (before != null && counter < before) {
                bad.add(who + ": version " + before + " and then " + counter);
            }
        }
        Map<String, List<Seen>> bySession = new HashMap<>();
        for (Seen each : seen) {
            bySession
                    .computeIfAbsent(each.key().opaque(), name -> new ArrayList<>())
                    .add(each);
        }
        bySession.values().forEach(all -> valuesGoneBack(all, bad));
        return bad;
    }

    /** Who begins to look after somebody else has seen a value must not see an earlier one. */
    private void valuesGoneBack(List<Seen> byEnd, List<String> bad) {
        List<Seen> byBegin = new ArrayList<>(byEnd);
        byBegin.sort(Comparator.comparingLong(Seen::beginNanos));
        Map<String, Long> highest = new HashMap<>();
        int ended = 0;
        for (Seen each : byBegin) {
            while (ended < byEnd.size() && byEnd.get(ended).endNanos() < each.beginNanos()) {
                byEnd.get(ended++).values().forEach((name, value) -> highest.merge(name, value, Math::max));
            }
            highest.forEach((name, value) -> {
                long now = each.values().getOrDefault(name, 0L);
                if (now < value) {
                    bad.add(each.key().opaque() + "." + name + ": " + value + " and then " + now);
                }
            });
        }
    }

    /** The longest time between two saves that succeeded, of those for such sessions. */
    Duration longestGap(Predicate<SessionKey> which) {
        long last = 0;
        long gap = 0;
        for (Call call : calls) {
            if (!call.failed() && call.kind() == Call.Kind.SAVE && which.test(call.key())) {
                gap = last == 0 ? 0 : Math.max(gap, call.endNanos() - last);
                last = call.endNanos();
            }
        }
        return Duration.ofNanos(gap);
    }

    /** One line: what users would have noticed. */
    void print(String fault) {
        List<Call> failed = failed(call -> true);
        long worst = calls.stream().mapToLong(Call::nanos).max().orElse(0);
        long first = failed.stream().mapToLong(Call::beginNanos).min().orElse(faultBegin);
        long last = failed.stream().mapToLong(Call::endNanos).max().orElse(faultBegin);
        long waited =
                failed.stream().filter(call -> call.nanos() > MARGIN.toNanos()).count();
        System.out.printf(
                Locale.ROOT,
                "Redis fault %s: no save for %.1f s, calls failed for %.1f s, the last %.1f s after the end of the fault,"
                        + " %d of %d calls failed (%d of them after more than 0.1 s), worst %.2f s, lost %d%n",
                fault,
                seconds(longestGap(key -> true).toNanos()),
                seconds(last - first),
                failed.isEmpty() ? 0 : Math.max(0, seconds(last - faultEnd)),
                failed.size(),
                calls.size(),
                waited,
                seconds(worst),
                problems().size()
                        + lostSessions().size()
                        + missingAtTheEnd().size()
                        + missing().size());
        if (Boolean.getBoolean("holdfast.test.reasons")) {
            Map<String, Integer> reasons = new TreeMap<>();
            failed.forEach(call ->
                    reasons.merge(call.kind() + " " + call.error().replaceAll("[0-9]+ (s|ms)", "…"), 1, Integer::sum));
            reasons.forEach((reason, count) -> System.out.println("    " + count + " x " + reason));
        }
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
