package dev.holdfast.demo.launcher.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
    @TempDir
    Path directory;

    private final Tally tally = new Tally();

    @Test
    void eventsOfSeveralNodesAreOneHistory() throws IOException {
        check(loggedOut("s1"), "CREATED s1", "DESTROYED s1");

        assertThat(tally.isClean()).isTrue();
        assertThat(tally.eventsChecked.sum()).isEqualTo(3);
    }

    @Test
    void aSessionDestroyedTwiceIsADuplicate() throws IOException {
        check(loggedOut("s1"), "CREATED s1", "DESTROYED s1", "DESTROYED s1");

        assertThat(tally.count(Finding.EVENT_DUPLICATE)).isEqualTo(1);
    }

    @Test
    void aSessionThatWasNeverDestroyedMissesItsEvent() throws IOException {
        check(loggedOut("s1"), "CREATED s1");

        assertThat(tally.count(Finding.EVENT_MISSING)).isEqualTo(1);
    }

    @Test
    void aSessionThatNobodyEndedMustNotBeDestroyed() throws IOException {
        check(session("s1"), "CREATED s1", "DESTROYED s1");

        assertThat(tally.count(Finding.EVENT_DUPLICATE)).isEqualTo(1);
    }

    @Test
    void aLoginIsAChangeOfIdAndNoNewSession() throws IOException {
        ExpectedSession session = session("s1");
        session.loggedIn("ann");
        session.see(page("s2"), 0);
        check(session, "CREATED s1", "ID_CHANGED s2 " + EventLog.hash("s1"));

        assertThat(tally.isClean()).isTrue();

        check(session, "CREATED s1", "CREATED s2", "ID_CHANGED s2 " + EventLog.hash("s1"));
        assertThat(tally.count(Finding.EVENT_DUPLICATE)).isEqualTo(1);
    }

    @Test
    void eachAcknowledgedWriteMustHaveItsEvent() throws IOException {
        ExpectedSession session = session("s1");
        session.numbers(WriteKind.NOTES).added(1);
        session.numbers(WriteKind.NOTES).added(2);
        check(session, "CREATED s1", "ATTRIBUTE_ADDED s1 notes", "ATTRIBUTE_REPLACED s1 notes");
        assertThat(tally.isClean()).isTrue();

        check(session, "CREATED s1", "ATTRIBUTE_ADDED s1 notes");
        assertThat(tally.count(Finding.EVENT_MISSING)).isEqualTo(1);
    }

    /** A logout that got no answer has ended the session, and the write has begun another. */
    @Test
    void aWriteAfterADoubtfulEndMayHaveItsEventInAnotherSession() throws IOException {
        ExpectedSession session = session("s1");
        session.added(WriteKind.JOBS, 1);
        session.perhapsLoggedOut(0);
        session.added(WriteKind.JOBS, 2);

        check(session, "CREATED s1", "ATTRIBUTE_ADDED s1 jobs", "DESTROYED s1");
        check(session, "CREATED s1", "ATTRIBUTE_ADDED s1 jobs", "ATTRIBUTE_REPLACED s1 jobs");
        assertThat(tally.isClean()).isTrue();

        check(session, "CREATED s1");
        assertThat(tally.count(Finding.EVENT_MISSING)).isPositive();
    }

    @Test
    void aWriteWithoutAnAnswerMayHaveHadItsEventOrNot() throws IOException {
        ExpectedSession session = session("s1");
        session.numbers(WriteKind.NOTES).added(1);
        session.numbers(WriteKind.NOTES).perhapsAdded(2);

        check(session, "CREATED s1", "ATTRIBUTE_ADDED s1 notes");
        check(session, "CREATED s1", "ATTRIBUTE_ADDED s1 notes", "ATTRIBUTE_REPLACED s1 notes");

        assertThat(tally.isClean()).isTrue();
    }

    @Test
    void aSessionDestroyedWithoutItsDataMissesSomething() throws IOException {
        ExpectedSession session = session("s1");
        session.numbers(WriteKind.CLICKS).added(1);
        session.loggedOut();

        check(session, "CREATED s1", "ATTRIBUTE_ADDED s1 clicks", "DESTROYED s1");

        assertThat(tally.count(Finding.EVENT_MISSING)).isEqualTo(1);
    }

    @Test
    void aLineThatAKilledNodeDidNotFinishCountsForNothing() throws IOException {
        Path file = directory.resolve("cut.events");
        Files.writeString(
                file, line("CREATED s1") + "DESTROYED\t" + EventLog.hash("s1").substring(0, 5));

        EventLog.read(List.of(file)).check(session("s1"), tally);

        assertThat(tally.isClean()).isTrue();
    }

    private void check(ExpectedSession session, String... events) throws IOException {
        Path one = directory.resolve("one.events");
        Path two = directory.resolve("two.events");
        Files.writeString(one, "");
        Files.writeString(two, "");
        for (int i = 0; i < events.length; i++) {
            Path file = i % 2 == 0 ? one : two;
            Files.writeString(file, Files.readString(file) + line(events[i]));
        }
        EventLog.read(List.of(one, two)).check(session, tally);
    }

    private static String line(String event) {
        String[] parts = event.split(" ");
        return parts[0] + "\t" + EventLog.hash(parts[1]) + "\t" + (parts.length > 2 ? parts[2] : "") + "\n";
    }

    private static ExpectedSession loggedOut(String id) {
        ExpectedSession session = session(id);
        session.loggedOut();
        return session;
    }

    private static ExpectedSession session(String id) {
        ExpectedSession session = new ExpectedSession();
        session.see(page(id), 0);
        return session;
    }

    private static Page page(String id) {
        return Page.read("<data class=\"node\" value=\"n\"><data class=\"id\" value=\"" + id
                + "\"><data class=\"created\" value=\"2026-01-01\"></html>");
    }
}
