package dev.holdfast.peer;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What members say to each other. Immutable. Times inside are on the clock of the member that holds the message; {@link
 * MessageCodec} sends them as ages and turns them into the receiver's.
 */
sealed interface Message {

    /** Asks for something; answered once, or never. */
    sealed interface Request extends Message {}

    /** The answer to a {@link Request}. */
    sealed interface Response extends Message {}

    /** A request about one session, for its owner. */
    sealed interface OwnerRequest extends Request {
        SessionKey key();
    }

    // what a caller asks the owner

    /**
     * @param heldVersion of the record that the caller's member keeps as a backup, so that it need not be sent; {@code Version.NONE} if it has none, or the
     *     very one that the caller knows
     */
    record Load(SessionKey key, long knownVersion, Access access, long heldVersion) implements OwnerRequest {
        Load(SessionKey key, long knownVersion, Access access) {
            this(key, knownVersion, access, Version.NONE);
        }

        Load holding(long version) {
            return new Load(key, knownVersion, access, version);
        }
    }

    /**
     * @param base only its key and version count; for {@code Version.NONE} also createdAt and maxInactive
     * @param mayHaveRun whether an earlier sending of the same save may have taken effect, which the caller cannot know: an
     *     owner must then not apply it on top of the changes of others
     */
    record Save(SessionSnapshot base, SessionDelta delta, boolean mayHaveRun) implements OwnerRequest {
        @Override
        public SessionKey key() {
            return base.key();
        }
    }

    record Touched(SessionKey key, Duration age) implements OwnerRequest {}

    record Remove(SessionKey key, Removal how) implements OwnerRequest {}

    /** Claim this one if it is past its idle limit ({@code suspect}), or past its claimable time. */
    record ClaimOne(SessionKey key, boolean suspect, Duration lease) implements OwnerRequest {}

    /** The lock of a session; {@code owner} is the holder's token, not zero. */
    record Lock(SessionKey key, LockVerb verb, long owner, Duration lease) implements OwnerRequest {}

    enum LockVerb {
        TAKE,
        RENEW,
        RELEASE
    }

    /** Claim sessions that the receiver owns and finds past their claimable time. */
    record ClaimDue(int limit, Duration lease) implements Request {}

    // what members ask each other

    /** What do you hold under this key? */
    record Fetch(SessionKey key) implements Request {}

    /** What do you know of this lock? */
    record FetchLock(SessionKey key) implements Request {}

    /** Know this as the backup. */
    record KeepLock(SessionKey key, LockState state, Duration keepFor) implements Request {}

    /**
     * Keep this as the backup.
     *
     * @param sequence higher than that of any earlier change by this owner
     * @param committed which of these it has shown to others
     */
    record Replicate(SessionKey key, long sequence, ChangeNumbers.Committed committed, Change change)
            implements Request {}

    /** I hold these; which of them do you need? */
    record Offer(List<Held> held) implements Request {}

    /** Take these if they are later than yours. */
    record Push(List<Copy> copies) implements Request {}

    /**
     * I have nothing left to move in this epoch.
     *
     * @param missing members of earlier epochs of which this one does not know that they left
     */
    record Settled(List<Missing> missing) implements Request {}

    /** I have handed everything over and leave: nobody has to wait for me to come back. */
    record Leaving() implements Request {}

    /**
     * @param since how long it has been missing
     * @param doubtful whether it went with so many others that they may have all copies of a session
     */
    record Missing(Member member, Duration since, boolean doubtful) {}

    /** Are you there, in the same epoch? */
    record Probe() implements Request {}

    /** A record and its name. */
    record Copy(SessionKey key, SessionRecord record) {}

    /** The outline of a record, enough to see whether the other's is later. */
    record Held(SessionKey key, Outline outline) {}

    /** What an owner's operation did to a record, for a backup that has the record as it was before. */
    sealed interface Change {
        /** The record after it, whatever was there before. */
        record Whole(SessionRecord record) implements Change {}

        /**
         * @param baseVersion that the backup has to be at
         * @param wallMillis the owner's clock, only for the marks of attributes: they have to be equal on both
         */
        record Delta(long baseVersion, SessionDelta delta, long wallMillis) implements Change {}

        /**
         * The delta of the save that the backup itself has asked for, which it has.
         *
         * @param stamp of that save
         */
        record Yours(long baseVersion, int stamp, long wallMillis) implements Change {}

        record Accessed(long version, Duration age) implements Change {}

        record Claimed(long version, long op, Duration lease) implements Change {}
    }

    // answers

    record LoadedIs(Loaded loaded) implements Response {}

    /**
     * The session is found, and is what the caller's member holds at {@link Load#heldVersion}.
     *
     * @param idle and {@code accessNoted} of {@link Loaded.Found}
     */
    record LoadedIsHeld(Duration idle, boolean accessNoted) implements Response {}

    record SavedIs(Saved saved) implements Response {}

    record RemovedIs(Removed removed) implements Response {}

    record AliveIs(boolean alive) implements Response {}

    record ClaimsAre(List<Claim> claims) implements Response {}

    /** @param readable how long an owner of an earlier epoch may still be answering reads of this session */
    record FetchedIs(SessionKey key, @Nullable SessionRecord record, Duration readable) implements Response {}

    /** Whether the asking holder has it now, or had it until it released it. */
    record LockIs(boolean held) implements Response {}

    /** @param keepFor how long others may tell of earlier grants */
    record LockKnown(@Nullable LockState state, Duration keepFor) implements Response {}

    /**
     * @param number grows with each change
     * @param left of the lease
     */
    record LockState(long number, long owner, Duration left, boolean released) {}

    record Done() implements Response {}

    /** The backup does not have the state that the change builds on. */
    record NeedWhole() implements Response {}

    /** By position in the offer. */
    record Wanted(Set<Integer> positions) implements Response {}

    /**
     * The receiver is, or meanwhile went, to another epoch: ask again in the newer one.
     *
     * @param begun whether the operation may have taken effect for all that the receiver knows
     */
    record WrongEpoch(boolean begun) implements Response {}

    record Failed(StoreException.Kind kind, String reason) implements Response {}
}
