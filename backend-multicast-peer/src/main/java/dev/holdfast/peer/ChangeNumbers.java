package dev.holdfast.peer;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Numbers the changes that this member sends to backups as an owner, and knows which of them are committed: acknowledged by all
 * backups, and shown to others. A change that failed never is, though a backup may have it. Thread-safe.
 */
final class ChangeNumbers {

    /**
     * A statement that stays true: of the changes that its sender has made in the epoch of the message that says it, all from number {@code from} on and
     * below {@code below} are committed.
     */
    record Committed(long from, long below) {
        static final Committed NONE = new Committed(0, 0);

        boolean contains(long number) {
            return from <= number && number < below;
        }
    }

    /** The number of a message, and what its receiver can be told with it. */
    record Numbered(long number, Committed committed) {}

    private final Membership membership;

    /** By each operation that is under way in {@link #epoch}, a number below all those of its messages; in ascending order. */
    private final Set<Long> underWay = new LinkedHashSet<>();

    private long epoch = Epoch.NO_TOKEN;
    private long last;
    /** Above the numbers of all changes that failed in this epoch; 0 if none did. */
    private long from;

    ChangeNumbers(Membership membership) {
        this.membership = membership;
    }

    /**
     * An operation of that epoch is about to send its change.
     *
     * @return names the operation in {@link #over}
     */
    synchronized long begin(long token) {
        if (epoch != token && membership.isCurrent(token)) {
            epoch = token;
            underWay.clear();
            // Numbers of earlier epochs need no exception: nobody applies the statement to them.
            from = 0;
        }
        last++;
        if (epoch == token) {
            underWay.add(last);
        }
        return last;
    }

    /** For one more message of an operation that is under way in that epoch. */
    synchronized Numbered next(long token) {
        last++;
        boolean known = epoch == token && !underWay.isEmpty();
        return new Numbered(
                last, known ? new Committed(from, underWay.iterator().next()) : Committed.NONE);
    }

    /**
     * An operation has ended. Call it after its record is shown, if it is committed.
     *
     * @param committed if not, backups may have what nobody was shown, and what may never be
     */
    synchronized void over(long operation, boolean committed) {
        if (underWay.remove(operation) && !committed) {
            from = last + 1;
        }
    }
}
