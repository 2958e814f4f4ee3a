package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** Members in one thread, whose messages arrive when the test says so. */
final class HeldMessages {

    static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofMinutes(1), Duration.ofSeconds(3), Duration.ofMinutes(10), Duration.ofMinutes(30));

    private record Sent(Member from, Member to, byte[] bytes) {}

    final ManualTime time = new ManualTime();
    private final Map<Member, PeerNode> nodes = new HashMap<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Sent> underWay = new ArrayList<>();
    private int sent;
    private int stamps;

    /** From whom, to whom: not delivered for now. */
    private BiPredicate<Member, Member> held = (from, to) -> false;

    PeerNode node(Member member) {
        return nodes.computeIfAbsent(
                member,
                self -> new PeerNode(
                        self,
                        "shop",
                        new SessionLifecycle(POLICY),
                        time,
                        time,
                        ReadLease.LENGTH,
                        new Network() {
                            @Override
                            public void send(Member to, byte[] message) {
                                sent++;
                                underWay.add(new Sent(self, to, message));
                            }

                            @Override
                            public void doubt(Member member) {}

                            @Override
                            public void together(Runnable work) {
                                work.run();
                            }
                        },
                        tasks::add));
    }

    /** All messages ever sent. */
    int sent() {
        return sent;
    }

    void hold(BiPredicate<Member, Member> which) {
        held = which;
    }

    void hold(Member member) {
        hold((from, to) -> from.equals(member) || to.equals(member));
    }

    void install(long token, int replicas, Member... members) {
        installAt(List.of(members), token, replicas, members);
    }

    void installAt(List<Member> where, long token, int replicas, Member... members) {
        Epoch epoch = new Epoch(token, List.of(members), replicas);
        where.forEach(member -> node(member).install(epoch));
        run();
    }

    /** Until nothing is left to do but what is held, or has to wait. */
    void run() {
        while (!tasks.isEmpty() || deliver()) {
            if (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }
    }

    private boolean deliver() {
        for (Iterator<Sent> all = underWay.iterator(); all.hasNext(); ) {
            Sent next = all.next();
            if (!held.test(next.from(), next.to())) {
                all.remove();
                try {
                    node(next.to()).receive(next.from(), new WireReader(next.bytes(), 0, next.bytes().length));
                } catch (WireException e) {
                    throw new AssertionError(e);
                }
                return true;
            }
        }
        return false;
    }

    void pass(Duration duration) {
        long end = time.nanos() + duration.toNanos();
        while (time.nanos() < end) {
            time.advance(Duration.ofMillis(10));
            nodes.values().forEach(PeerNode::tick);
            run();
        }
    }

    /** A session of which these are the homes, in this order; another one for each number. */
    static SessionKey key(int number, int replicas, List<Member> homes, Member... members) {
        Epoch epoch = new Epoch(1, Arrays.asList(members), replicas);
        for (int i = 0; ; i++) {
            SessionKey key = new SessionKey("shop", "k" + number + "x" + i);
            List<Member> its = epoch.homes(key);
            if (its.subList(0, homes.size()).equals(homes)) {
                return key;
            }
        }
    }

    /** @return where the answer will be */
    List<Message.Response> ask(Member at, Message.OwnerRequest request) {
        List<Message.Response> answers = new ArrayList<>();
        node(at).ask(request, time.nanos() + POLICY.timeout().toNanos(), answers::add);
        run();
        return answers;
    }

    private SessionSnapshot initial(SessionKey key) {
        return SessionSnapshot.initial(key, Instant.ofEpochMilli(time.wallMillis()), Duration.ofHours(1));
    }

    private SessionDelta delta(String value) {
        return new SessionDelta(++stamps, Map.of("a", value.getBytes()), Set.of(), Duration.ZERO, null);
    }

    SessionSnapshot create(Member at, SessionKey key) {
        SessionSnapshot base = initial(key);
        SessionDelta delta = delta("first");
        Saved.Done done = saved(ask(at, new Message.Save(base, delta, false)));
        return base.apply(delta, done.version(), 0);
    }

    List<Message.Response> save(Member at, SessionSnapshot base, String value) {
        return ask(at, new Message.Save(base, delta(value), false));
    }

    static Saved.Done saved(List<Message.Response> answers) {
        assertThat(answers).hasSize(1);
        return (Saved.Done) ((Message.SavedIs) answers.get(0)).saved();
    }

    Loaded load(Member at, SessionKey key) {
        return load(at, key, Access.NONE);
    }

    Loaded load(Member at, SessionKey key, Access access) {
        List<Message.Response> answers = ask(at, new Message.Load(key, Version.NONE, access));
        assertThat(answers).as("answers").hasSize(1);
        return ((Message.LoadedIs) answers.get(0)).loaded();
    }

    String value(Member at, SessionKey key) {
        Loaded.Found found = (Loaded.Found) load(at, key);
        return new String(found.snapshot().attributes().get("a").bytes());
    }
}
