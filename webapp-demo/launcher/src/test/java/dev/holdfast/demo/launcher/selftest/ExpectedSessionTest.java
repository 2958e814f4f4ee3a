package dev.holdfast.demo.launcher.selftest;

import static dev.holdfast.demo.launcher.selftest.ExpectedSession.Sight.GIVEN_UP;
import static dev.holdfast.demo.launcher.selftest.ExpectedSession.Sight.LOST;
import static dev.holdfast.demo.launcher.selftest.ExpectedSession.Sight.RENAMED;
import static dev.holdfast.demo.launcher.selftest.ExpectedSession.Sight.RENAMED_UNASKED;
import static dev.holdfast.demo.launcher.selftest.ExpectedSession.Sight.SAME;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpectedSessionTest {
    private final ExpectedSession session = new ExpectedSession();

    @BeforeEach
    void begin() {
        session.see(page("s1", "monday"), 0);
    }

    @Test
    void anotherSessionOrNoneIsALoss() {
        assertThat(session.see(page("", ""), 0)).isEqualTo(LOST);
        assertThat(session.see(page("s2", "tuesday"), 0)).isEqualTo(LOST);
    }

    @Test
    void theSameIdWithAnotherBeginningIsALoss() {
        assertThat(session.see(page("s1", "tuesday"), 0)).isEqualTo(LOST);
    }

    @Test
    void aNewIdIsExpectedAfterALoginOnly() {
        session.loggedIn("ann");
        assertThat(session.see(page("s2", "monday"), 0)).isEqualTo(RENAMED);
        assertThat(session.see(page("s3", "monday"), 0)).isEqualTo(RENAMED_UNASKED);
        assertThat(session.ids()).containsExactly("s1", "s2", "s3");
    }

    @Test
    void aLoginThatGivesNoNewIdIsNoticed() {
        session.loggedIn("ann");
        assertThat(session.see(page("s1", "monday"), 0)).isEqualTo(SAME);
        assertThat(session.takeIdChangeExpected()).isTrue();
    }

    @Test
    void aLogoutWithoutAnAnswerExplainsThatTheSessionIsGone() {
        session.perhapsLoggedOut(0);
        assertThat(session.see(page("", ""), 0)).isEqualTo(GIVEN_UP);
    }

    @Test
    void theDoubtPassesWhenTheSessionIsSeenMuchLater() {
        session.perhapsLoggedOut(0);
        assertThat(session.see(page("s1", "monday"), TimeUnit.SECONDS.toNanos(60)))
                .isEqualTo(SAME);
        assertThat(session.see(page("", ""), TimeUnit.SECONDS.toNanos(61))).isEqualTo(LOST);
    }

    @Test
    void aLoginWithoutAnAnswerMayShowItsUserOrTheOneBefore() {
        session.perhapsLoggedIn("ann", 0);

        assertThat(session.agreesOnUser(page("s1", "monday"))).isTrue();
        assertThat(session.agreesOnUser(pageOf("ann"))).isTrue();
        assertThat(session.agreesOnUser(pageOf("eve"))).isFalse();
    }

    private static Page page(String id, String created) {
        return page(id, created, "");
    }

    private static Page pageOf(String user) {
        return page("s1", "monday", user);
    }

    private static Page page(String id, String created, String user) {
        return Page.read("<data class=\"node\" value=\"n\"><data class=\"id\" value=\"" + id
                + "\"><data class=\"created\" value=\"" + created + "\"><data class=\"user\" value=\"" + user
                + "\"></html>");
    }
}
