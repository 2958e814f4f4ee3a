package dev.holdfast.demo.launcher.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private static final Upstream A = new Upstream("a", "127.0.0.1", 1);
    private static final Upstream B = new Upstream("b", "127.0.0.1", 2);
    private static final Upstream C = new Upstream("c", "127.0.0.1", 3);

    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 50);
    private final RoundRobin turns = new RoundRobin(List.of(A, B, C), 100, nanoTime::get);

    @Test
    void everyNodeHasItsTurn() {
        assertThat(List.of(next(), next(), next(), next())).containsExactly(A, B, C, A);
    }

    @Test
    void aNodeThatWasTriedForARequestIsNotTriedAgain() {
        assertThat(turns.next(Set.of(A))).isIn(B, C);
        assertThat(turns.next(Set.of(A, B, C))).isNull();
        assertThat(turns.hasOther(Set.of(A, B))).isTrue();
        assertThat(turns.hasOther(Set.of(A, B, C))).isFalse();
    }

    @Test
    void aNodeThatRefusedRestsAndThenHasItsTurnAgain() {
        turns.refused(B);

        assertThat(List.of(next(), next(), next(), next())).containsExactly(A, C, A, C);

        // past the end of a long, as System.nanoTime may go
        nanoTime.addAndGet(100);
        assertThat(List.of(next(), next(), next())).containsExactlyInAnyOrder(A, B, C);
    }

    @Test
    void aRestingNodeIsTriedWhenNoOtherIsLeft() {
        turns.refused(B);

        assertThat(turns.next(Set.of(A, C))).isEqualTo(B);
    }

    @Test
    void aNodeThatAnsweredRestsNoMore() {
        turns.refused(A);
        turns.answered(A);

        assertThat(next()).isEqualTo(A);
    }

    private Upstream next() {
        return turns.next(Set.of());
    }
}
