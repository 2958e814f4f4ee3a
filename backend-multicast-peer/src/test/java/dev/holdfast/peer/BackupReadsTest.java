package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a backup answers from its own record, and who waits for that. */
class BackupReadsTest {

    private static final Member OWNER = new Member(1, 1);
    private static final Member BACKUP = new Member(2, 2);
    private static final Member THIRD = new Member(3, 3);
    private static final Member[] ALL = {OWNER, BACKUP, THIRD};
    /** Longer than anybody waits for a lease. */
    private static final Duration LEASE = ReadLease.LENGTH.multipliedBy(2);

    private final HeldMessages members = new HeldMessages();

    private SessionSnapshot twoHomes(int number) {
        SessionKey key = HeldMessages.key(number, 2, List.of(OWNER, BACKUP), ALL);
        return members.create(OWNER, key);
    }

    private SessionSnapshot threeHomes(int number) {
        SessionKey key = HeldMessages.key(number, 3, List.of(OWNER, BACKUP, THIRD), ALL);
        return members.create(OWNER, key);
    }

    private int messagesOf(Runnable work) {
        int before = members.sent();
        work.run();
        return members.sent() - before;
    }

    private int messagesToRead(Member at, SessionKey key) {
        return messagesOf(() -> assertThat(members.load(at, key)).isInstanceOf(Loaded.Found.class));
    }

    @Test
    void itAsksTheOwnerOnceAfterAChangeOfAnother() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        assertThat(messagesToRead(BACKUP, session.key())).isPositive();
        assertThat(messagesToRead(BACKUP, session.key())).isZero();
        HeldMessages.saved(members.save(OWNER, session, "later"));
        assertThat(members.value(BACKUP, session.key())).isEqualTo("later");
        assertThat(messagesToRead(BACKUP, session.key())).isZero();
        assertThat(members.node(BACKUP).readsAsBackup()).isEqualTo(2);
    }

    @Test
    void itAsksNobodyAfterItsOwnSave() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        HeldMessages.saved(members.save(BACKUP, session, "mine"));
        assertThat(messagesToRead(BACKUP, session.key())).isZero();
        assertThat(members.value(BACKUP, session.key())).isEqualTo("mine");
    }

    @Test
    void aLaterMessageOfTheOwnerSaysThatAChangeIsCommitted() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        HeldMessages.saved(members.save(OWNER, session, "later"));
        twoHomes(2);
        assertThat(messagesToRead(BACKUP, session.key())).isZero();
        assertThat(members.value(BACKUP, session.key())).isEqualTo("later");
    }

    @Test
    void itDoesNotShowAChangeThatAnotherBackupDoesNotHaveYet() {
        members.install(1, 3, ALL);
        SessionSnapshot session = threeHomes(1);
        SessionSnapshot other = threeHomes(2);
        members.load(BACKUP, session.key());
        members.hold((from, to) -> to.equals(THIRD));
        assertThat(members.save(OWNER, session, "later")).isEmpty();
        assertThat(members.value(BACKUP, session.key())).isEqualTo("first");
        assertThat(members.save(OWNER, other, "says what is committed")).isEmpty();
        assertThat(members.value(BACKUP, session.key())).isEqualTo("first");
    }

    @Test
    void aChangeThatFailedIsNeverTakenForCommitted() {
        members.install(1, 3, ALL);
        SessionSnapshot session = threeHomes(1);
        members.load(BACKUP, session.key());
        members.hold((from, to) -> to.equals(THIRD));
        List<Message.Response> failed = members.save(OWNER, session, "later");
        members.pass(HeldMessages.POLICY.timeout().plusSeconds(1));
        assertThat(failed).singleElement().isInstanceOf(Message.Failed.class);
        members.hold((from, to) -> false);
        members.run();
        // Their messages say what is committed.
        for (int number = 2; number < 5; number++) {
            SessionSnapshot other = threeHomes(number);
            HeldMessages.saved(members.save(OWNER, other, "later"));
            members.load(BACKUP, other.key());
        }
        assertThat(members.value(BACKUP, session.key())).isEqualTo("first");
        HeldMessages.saved(members.save(OWNER, session, "after it"));
        assertThat(members.value(BACKUP, session.key())).isEqualTo("after it");
        assertThat(messagesToRead(BACKUP, session.key())).isZero();
    }

    @Test
    void itAsksAgainWhenNobodyHasAnsweredItLately() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        members.pass(ReadLease.LENGTH);
        members.hold(BACKUP);
        assertThat(members.ask(BACKUP, new Message.Load(session.key(), Version.NONE, Access.NONE)))
                .isEmpty();
    }

    @Test
    void anAnswerThatWasOnItsWayForLongProvesNothing() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        members.pass(ReadLease.LENGTH);
        members.hold((from, to) -> to.equals(BACKUP));
        List<Message.Response> late = members.ask(BACKUP, new Message.Load(session.key(), Version.NONE, Access.NONE));
        members.pass(ReadLease.LENGTH);
        members.hold((from, to) -> false);
        members.run();
        assertThat(late).singleElement().isInstanceOf(Message.LoadedIs.class);
        assertThat(messagesToRead(BACKUP, session.key())).isPositive();
    }

    @Test
    void whoReadsOftenAsksAlongAndDoesNotWait() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        int before = members.sent();
        for (int i = 0; i < 200; i++) {
            members.pass(Duration.ofMillis(20));
            members.load(BACKUP, session.key());
        }
        assertThat(members.node(BACKUP).readsAsBackup()).isEqualTo(200);
        // 4 s: a question and its answer each 0.7 s.
        assertThat(members.sent() - before).isLessThanOrEqualTo(2 * 6);
    }

    @Test
    void anAccessThatIsDueIsForTheOwnerToNote() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        members.pass(HeldMessages.POLICY.touchInterval().plusSeconds(1));
        Loaded.Found due = (Loaded.Found) members.load(BACKUP, session.key(), Access.NOW);
        assertThat(due.accessNoted()).isTrue();
        Loaded.Found after = (Loaded.Found) members.load(OWNER, session.key());
        assertThat(after.idle()).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aSessionThatWasEndedIsNotReadAnyMore() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        assertThat(members.ask(OWNER, new Message.Remove(session.key(), Removal.invalidation())))
                .hasSize(1);
        assertThat(members.load(BACKUP, session.key())).isInstanceOf(Loaded.Removed.class);
    }

    @Test
    void theOwnerGoesOnWithoutABackupWhenThatOneReadsNoMore() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        members.hold(BACKUP);
        members.installAt(List.of(OWNER, THIRD), 2, 2, OWNER, THIRD);
        List<Message.Response> answers = members.save(OWNER, session, "without it");
        assertThat(members.value(BACKUP, session.key())).isEqualTo("first");
        members.pass(ReadLease.LENGTH);
        assertThat(answers).isEmpty();
        assertThat(members.ask(BACKUP, new Message.Load(session.key(), Version.NONE, Access.NONE)))
                .isEmpty();
        members.pass(LEASE);
        HeldMessages.saved(answers);
    }

    @Test
    void anOwnerThatHasJustJoinedWaitsForWhatOthersHaveToldABackup() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        members.hold(BACKUP);
        Member newcomer = ownerOf(session.key());
        members.installAt(List.of(OWNER, THIRD, newcomer), 2, 2, OWNER, THIRD, newcomer);
        List<Message.Response> answers = members.save(THIRD, session, "without it");
        assertThat(members.value(BACKUP, session.key())).isEqualTo("first");
        members.pass(ReadLease.LENGTH);
        assertThat(answers).isEmpty();
        members.pass(LEASE);
        HeldMessages.saved(answers);
    }

    @Test
    void anOwnerThatIsLeftAloneWaitsAsWell() {
        members.install(1, 2, OWNER, BACKUP);
        SessionSnapshot session = members.create(OWNER, HeldMessages.key(1, 2, List.of(OWNER, BACKUP), OWNER, BACKUP));
        members.load(BACKUP, session.key());
        members.hold(BACKUP);
        members.installAt(List.of(OWNER), 2, 2, OWNER);
        List<Message.Response> answers = members.save(OWNER, session, "alone");
        assertThat(members.value(BACKUP, session.key())).isEqualTo("first");
        members.pass(ReadLease.LENGTH);
        assertThat(answers).isEmpty();
        members.pass(LEASE);
        HeldMessages.saved(answers);
    }

    private static Member ownerOf(SessionKey key) {
        for (int i = 10; ; i++) {
            Member newcomer = new Member(i, i);
            if (new Epoch(2, List.of(OWNER, THIRD, newcomer), 2).owner(key).equals(newcomer)) {
                return newcomer;
            }
        }
    }

    @Test
    void nobodyCallsTheEpochSettledWhileABackupThatIsGoneMayBeReading() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        members.hold(BACKUP);
        members.installAt(List.of(OWNER, THIRD), 2, 2, OWNER, THIRD);
        members.pass(ReadLease.LENGTH);
        assertThat(members.node(OWNER).isSettled()).isFalse();
        assertThat(members.node(THIRD).isSettled()).isFalse();
        members.pass(LEASE);
        assertThat(members.node(OWNER).isSettled()).isTrue();
        assertThat(members.node(THIRD).isSettled()).isTrue();
    }

    @Test
    void afterAChangeOfMembersItAsksAgain() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        members.install(2, 2, ALL);
        assertThat(messagesToRead(BACKUP, session.key())).isPositive();
        assertThat(messagesToRead(BACKUP, session.key())).isZero();
    }

    @Test
    void aMemberThatLeavesDoesNotReadByItself() {
        members.install(1, 2, ALL);
        SessionSnapshot session = twoHomes(1);
        members.load(BACKUP, session.key());
        members.node(BACKUP).handOver(() -> {});
        members.run();
        assertThat(messagesToRead(BACKUP, session.key())).isPositive();
    }

    @Test
    void withThreeHomesAllOthersMustHaveAnswered() {
        members.install(1, 3, ALL);
        SessionSnapshot session = threeHomes(1);
        members.hold((from, to) -> from.equals(THIRD));
        members.load(BACKUP, session.key());
        assertThat(messagesToRead(BACKUP, session.key())).isPositive();
        members.hold((from, to) -> false);
        members.run();
        assertThat(messagesToRead(BACKUP, session.key())).isZero();
    }
}
