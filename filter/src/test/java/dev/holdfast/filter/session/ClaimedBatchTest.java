package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClaimedBatchTest {

    /** The lease is 60 s. */
    private final ManualTime time = new ManualTime();

    private final Node node = new Node(Node.store(time), time);

    /** What happened, in order: "ran 3", "confirmed [0, 1]", "unanswered [2]". */
    private final List<String> happened = new ArrayList<>();

    private final Store store = new Store();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void allAreConfirmedByOneCallAfterTheirListenersHaveRun() {
        assertThat(run(3, this::ran)).isEqualTo(3);

        assertThat(happened).containsExactly("ran 0", "ran 1", "ran 2", "confirmed [0, 1, 2]");
    }

    @Test
    void nothingIsConfirmedWhereNothingRan() {
        assertThat(run(0, this::ran)).isZero();

        assertThat(happened).isEmpty();
    }

    @Test
    void whatRanIsNotLeftUnconfirmedForMoreThanATenthOfTheLease() {
        run(6, session -> {
            time.advance(Duration.ofMillis(2500));
            ran(session);
        });

        assertThat(happened)
                .containsExactly(
                        "ran 0",
                        "ran 1",
                        "ran 2",
                        "ran 3",
                        "confirmed [0, 1, 2, 3]",
                        "ran 4",
                        "ran 5",
                        "confirmed [4, 5]");
    }

    @Test
    void inTheSecondHalfOfTheLeaseNoListenersAreCalledAnyMore() {
        int reached = run(10, session -> {
            time.advance(Duration.ofSeconds(11));
            ran(session);
        });

        assertThat(reached).isEqualTo(3);
        assertThat(happened).containsExactly("ran 0", "ran 1", "confirmed [0, 1]", "ran 2", "confirmed [2]");
    }

    @Test
    void theLeaseCountsFromBeforeTheClaim() {
        long before = time.nanos();
        time.advance(Duration.ofSeconds(31)); // the answer was slow

        assertThat(new ClaimedBatch(node.sessions, store, before).run(claims(2), this::ran))
                .isZero();
        assertThat(happened).isEmpty();
    }

    @Test
    void oneThatFailsIsNotConfirmedAndKeepsNoOtherFromItsEnd() {
        int reached = run(3, session -> {
            if (number(session) == 1) {
                throw new IllegalStateException("listener");
            }
            ran(session);
        });

        assertThat(reached).isEqualTo(3);
        assertThat(happened).containsExactly("ran 0", "ran 2", "confirmed [0, 2]");
    }

    @Test
    void beforeAnErrorGoesOutWhatRanIsConfirmed() {
        assertThatThrownBy(() -> run(3, session -> {
                    if (number(session) == 2) {
                        throw new OutOfMemoryError("planned");
                    }
                    ran(session);
                }))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(happened).containsExactly("ran 0", "ran 1", "confirmed [0, 1]");
    }

    @Test
    void aConfirmationWithoutAnAnswerIsRepeatedAtOnce() {
        store.failures = 1;
        run(2, this::ran);

        assertThat(happened).containsExactly("ran 0", "ran 1", "unanswered [0, 1]", "confirmed [0, 1]");
    }

    @Test
    void aStoreThatDoesNotConfirmIsAskedAgainATenthOfTheLeaseLater() {
        store.failures = 2;
        run(5, session -> {
            time.advance(Duration.ofSeconds(4));
            ran(session);
        });

        assertThat(happened)
                .containsExactly(
                        "ran 0",
                        "ran 1",
                        "ran 2",
                        "unanswered [0, 1, 2]",
                        "unanswered [0, 1, 2]",
                        "ran 3",
                        "ran 4",
                        "confirmed [0, 1, 2, 3, 4]");
    }

    @Test
    void aStoreThatNeverConfirmsFailsNobody() {
        store.failures = Integer.MAX_VALUE;

        assertThat(run(2, this::ran)).isEqualTo(2);
        assertThat(happened).containsExactly("ran 0", "ran 1", "unanswered [0, 1]", "unanswered [0, 1]");
    }

    @Test
    void anApplicationThatIsStoppedHasItsLastListenersConfirmedAndNoMoreCalled() {
        int reached = run(5, session -> {
            ran(session);
            if (number(session) == 1) {
                node.sessions.close();
                Thread.currentThread().interrupt();
            }
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(reached).isEqualTo(2);
        assertThat(happened).containsExactly("ran 0", "ran 1", "confirmed [0, 1]");
    }

    @Test
    void anInterruptDuringTheConfirmationIsPutOffUntilAfterIt() {
        store.interruptedIn = 1;
        run(2, this::ran);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(happened).containsExactly("ran 0", "ran 1", "unanswered [0, 1]", "confirmed [0, 1]");
    }

    private int run(int count, Consumer<SessionSnapshot> listeners) {
        return new ClaimedBatch(node.sessions, store, time.nanos()).run(claims(count), listeners);
    }

    private static List<Claim> claims(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Claim(
                        SessionSnapshot.initial(new SessionKey("app", "" + i), Instant.EPOCH, Duration.ofSeconds(1)),
                        100 + i))
                .toList();
    }

    private void ran(SessionSnapshot session) {
        happened.add("ran " + number(session));
    }

    private static int number(SessionSnapshot session) {
        return Integer.parseInt(session.key().opaque());
    }

    /** Confirms, but for as many calls as a test wants; refuses interrupted threads, as stores do. */
    private final class Store implements ExpiryClaims {

        private int failures;
        private int calls;

        /** In which call the thread is interrupted. */
        private int interruptedIn;

        @Override
        public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
            throw new AssertionError("not to be called");
        }

        @Override
        public void confirm(Collection<Claim> claims) {
            calls++;
            if (calls == interruptedIn) {
                Thread.currentThread().interrupt();
            }
            boolean fails = Thread.currentThread().isInterrupted() || failures > 0;
            happened.add((fails ? "unanswered " : "confirmed ")
                    + claims.stream().map(claim -> number(claim.snapshot())).toList());
            if (fails) {
                failures--;
                throw new StoreException(StoreException.Kind.UNAVAILABLE, "planned");
            }
        }
    }
}
