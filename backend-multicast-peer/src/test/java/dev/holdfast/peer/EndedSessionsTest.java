package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
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
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How long one member of a cluster remembers what was ended, while another one may still serve it elsewhere. */
class EndedSessionsTest {

    private static final Duration LIFE = Duration.ofMinutes(30);
    private static final ExpiryPolicy POLICY =
            new ExpiryPolicy(Duration.ofMinutes(1), Duration.ofSeconds(3), Duration.ofMinutes(10), LIFE);
    private static final SessionKey KEY = new SessionKey("shop", "k");
    private static final Member SELF = new Member(1, 1);
    private static final Member OTHER = new Member(2, 2);

    private final ManualTime time = new ManualTime();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final PeerNode node = new PeerNode(
            SELF,
            "shop",
            new SessionLifecycle(POLICY),
            time,
            time,
            ReadLease.LENGTH,
            new Network() {
                @Override
                public void send(Member to, byte[] message) {}

                @Override
                public void doubt(Member member) {}

                @Override
                public void together(Runnable work) {
                    work.run();
                }
            },
            tasks::add);

    private Message.Response ask(Message.OwnerRequest request) {
        List<Message.Response> answers = new ArrayList<>();
        node.ask(request, time.nanos() + 1_000_000_000, answers::add);
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private Loaded load() {
        return ((Message.LoadedIs) ask(new Message.Load(KEY, Version.NONE, Access.NONE))).loaded();
    }

    private void install(long token, Member... members) {
        node.install(new Epoch(token, List.of(members), 2));
        run();
    }

    private void run() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private void pass(Duration duration) {
        for (Duration left = duration; !left.isNegative() && !left.isZero(); left = left.minusMinutes(1)) {
            time.advance(Duration.ofMinutes(1));
            node.tick();
            run();
        }
    }

    private void endSession() {
        SessionSnapshot base =
                SessionSnapshot.initial(KEY, Instant.ofEpochMilli(time.wallMillis()), Duration.ofHours(1));
        ask(new Message.Save(base, new SessionDelta(7, Map.of(), Set.of(), Duration.ZERO, null), false));
        ask(new Message.Remove(KEY, Removal.invalidation()));
    }

    @Test
    void itIsRememberedForATombstonesLifeFromWhenTheMissingOneIsBack() {
        install(1, SELF, OTHER);
        install(2, SELF);
        endSession();
        pass(Duration.ofHours(20));
        assertThat(load()).isInstanceOf(Loaded.Removed.class);
        install(3, SELF, OTHER);
        // Half of it is left at least, for the two to tell each other.
        pass(LIFE.dividedBy(2).minusMinutes(1));
        install(4, SELF);
        assertThat(load()).isInstanceOf(Loaded.Removed.class);
    }

    @Test
    void notForEver() {
        install(1, SELF, OTHER);
        install(2, SELF);
        endSession();
        pass(Membership.MAY_COME_BACK.plus(LIFE).plusMinutes(2));
        assertThat(load()).isInstanceOf(Loaded.Absent.class);
    }

    @Test
    void whoHasTakenLeaveIsNotWaitedFor() {
        install(1, SELF, OTHER);
        leave();
        install(2, SELF);
        endSession();
        pass(LIFE.plusMinutes(1));
        assertThat(load()).isInstanceOf(Loaded.Absent.class);
    }

    private void leave() {
        byte[] leaving = new MessageCodec("shop")
                .encode(new MessageCodec.Envelope(1, 1, new Message.Leaving()), time.wallMillis());
        try {
            node.receive(OTHER, new WireReader(leaving, 0, leaving.length));
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }
}
