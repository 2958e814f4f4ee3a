package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {

    private static final Member A = new Member(1, 1);
    private static final Member B = new Member(2, 2);
    private static final Member C = new Member(3, 3);
    private static final Member D = new Member(4, 4);

    private final ManualTime time = new ManualTime();
    private final Membership membership = new Membership(A, time);
    private long token;

    private void install(Member... members) {
        membership.install(new Epoch(++token, List.of(members), 2));
    }

    private void settle() {
        membership.current().members().forEach(member -> membership.settled(member, token));
    }

    private List<Member> missing() {
        return membership.missing().stream().map(Message.Missing::member).toList();
    }

    @Test
    void whoGoesWithoutTakingLeaveIsMissingForADay() {
        install(A, B, C);
        membership.left(C);
        install(A);
        assertThat(missing()).containsExactly(B);
        time.advance(Membership.MAY_COME_BACK);
        assertThat(missing()).containsExactly(B);
        time.advance(Duration.ofMillis(1));
        assertThat(missing()).isEmpty();
    }

    @Test
    void whoComesBackIsMissingNoMore() {
        install(A, B);
        install(A);
        install(A, B);
        assertThat(missing()).isEmpty();
    }

    @Test
    void whoJoinsLaterIsTold() {
        install(A, B);
        membership.missing(List.of(
                new Message.Missing(C, Duration.ofHours(23), false), new Message.Missing(B, Duration.ZERO, false)));
        assertThat(missing()).containsExactly(C);
        time.advance(Duration.ofHours(1).plusMillis(1));
        assertThat(missing()).isEmpty();
    }

    @Test
    void twoThatGoAtOnceMayHaveAllCopiesOfASession() {
        install(A, B, C, D);
        settle();
        install(A, B);
        assertThat(membership.isInDoubt()).isTrue();
        settle();
        assertThat(membership.isInDoubt()).isTrue();
        time.advance(Membership.IN_DOUBT.plusMillis(1));
        assertThat(membership.isInDoubt()).isFalse();
    }

    @Test
    void twoThatGoOneAfterTheOtherHaveNoneAlone() {
        install(A, B, C, D);
        settle();
        install(A, B, C);
        assertThat(membership.isInDoubt()).isFalse();
        settle();
        install(A, B);
        assertThat(membership.isInDoubt()).isFalse();
    }

    @Test
    void twoThatGoBeforeTheOthersHaveCopiedMay() {
        install(A, B, C, D);
        settle();
        install(A, B, C);
        install(A, B);
        assertThat(membership.isInDoubt()).isTrue();
    }

    @Test
    void whenTheyAreBackNothingIsInDoubt() {
        install(A, B, C, D);
        settle();
        install(A, B);
        install(A, B, C, D);
        assertThat(membership.isInDoubt()).isFalse();
    }

    @Test
    void theDoubtIsToldToWhoJoins() {
        install(A, B, C, D);
        settle();
        install(A, B);
        List<Message.Missing> told = membership.missing();
        Member joining = new Member(5, 5);
        Membership other = new Membership(joining, time);
        other.install(new Epoch(9, List.of(A, B, joining), 2));
        other.missing(told);
        assertThat(other.isInDoubt()).isTrue();
    }

    @Test
    void whoHasJoinedAnUnsettledClusterHasNotSettledYetAndOnceItHasItStaysSo() {
        install(A, B);
        assertThat(membership.hasSettled()).isFalse();
        settle();
        assertThat(membership.hasSettled()).isTrue();
        install(A, B, C);
        assertThat(membership.hasSettled()).isTrue();
    }
}
