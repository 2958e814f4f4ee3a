package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.Version;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Parts of messages that requests and answers share. What is read is hostile until checked. */
final class Fields {

    private Fields() {}

    static void write(WireWriter out, @Nullable SessionKey key) {
        out.bool(key != null);
        if (key != null) {
            out.key(key);
        }
    }

    static @Nullable SessionKey optionalKey(WireReader in, String application) throws WireException {
        return in.bool() ? in.key(application) : null;
    }

    static long version(WireReader in) throws WireException {
        long version = in.fixedLong();
        if (!Version.isValid(version)) {
            throw new WireException("not a version");
        }
        return version;
    }

    static void write(WireWriter out, Instant instant) {
        out.signed(instant.getEpochSecond());
        out.unsigned(instant.getNano());
    }

    static Instant instant(WireReader in) throws WireException {
        long seconds = in.signed();
        long nanos = in.unsigned();
        if (nanos < 0 || nanos > 999_999_999) {
            throw new WireException("not a time");
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new WireException("not a time");
        }
    }
    /** None is longer: what is added to a clock must not overflow it. */
    static Duration lease(WireReader in) throws WireException {
        Duration lease = in.age();
        if (lease.compareTo(SessionLocks.LONGEST) > 0) {
            throw new WireException("a lease of " + lease);
        }
        return lease;
    }

    static void write(WireWriter out, Message.LockState state) {
        out.fixedLong(state.number());
        out.fixedLong(state.owner());
        out.age(state.left());
        out.bool(state.released());
    }

    static Message.LockState lock(WireReader in) throws WireException {
        long number = in.fixedLong();
        if (number < 1 || number == Long.MAX_VALUE) {
            throw new WireException("the number of a lock");
        }
        return new Message.LockState(number, in.fixedLong(), lease(in), in.bool());
    }

    static void write(WireWriter out, Member member) {
        out.fixedLong(member.high());
        out.fixedLong(member.low());
    }

    static Member member(WireReader in) throws WireException {
        return new Member(in.fixedLong(), in.fixedLong());
    }
}
