package dev.holdfast.redis.server;

import org.jspecify.annotations.Nullable;

/**
 * One command on its way, and what came of it. Written by the thread that leads the trip it is in, read by its caller
 * after {@link Call} says that it is done; in between belongs to the caller.
 */
final class Request {

    enum Outcome {
        /** Not known yet. */
        WAITING,
        /** {@link #answer} tells. */
        ANSWERED,
        /** Certainly not seen by the server. */
        NOT_SENT,
        /** The connection broke before the answer came. */
        LOST,
        /** No answer in time. */
        LATE,
        /** Done, but too few replicas have said that they have it. */
        UNCONFIRMED
    }

    private Command command;
    private boolean withSource;
    private boolean repeated;
    private @Nullable Address asking;
    private Outcome outcome = Outcome.WAITING;
    private @Nullable Object answer;
    private @Nullable Throwable cause;
    private long confirmedBy;
    private @Nullable String trouble;

    Request(Command command) {
        this.command = command;
    }

    Command command() {
        return command;
    }

    boolean isWithSource() {
        return withSource;
    }

    /** Whether this is what stands in for one that may have been applied before. */
    boolean isRepeated() {
        return repeated;
    }

    boolean isAsking() {
        return asking != null;
    }

    /** Where to send it though its slot is elsewhere; null: to the master of the slot. */
    @Nullable
    Address asking() {
        return asking;
    }

    Outcome outcome() {
        return outcome;
    }

    @Nullable
    Object answer() {
        return answer;
    }

    @Nullable
    Throwable cause() {
        return cause;
    }

    long confirmedBy() {
        return confirmedBy;
    }

    /** For a message. */
    String name() {
        Script script = command.script();
        return script == null ? command.name() : script.name();
    }

    /** What a server's permissions are about. */
    String wireName() {
        return command.script() == null ? command.name() : withSource ? "EVAL" : "EVALSHA";
    }

    /** How much there is to write, about. */
    int size() {
        Script script = command.script();
        int size = script != null && withSource ? script.source().length : 64;
        for (byte[] argument : command.arguments()) {
            size += argument.length + 16;
        }
        return size;
    }

    // What the leader of a trip does.

    /** @param confirmed whether no replica has to say anything any more */
    void answered(@Nullable Object reply, boolean confirmed) {
        answer = reply;
        if (confirmed || reply instanceof ErrorReply) {
            outcome = Outcome.ANSWERED;
        }
    }

    /** Replicas have been waited for. */
    void confirmed(long replicas, boolean enough) {
        if (outcome == Outcome.WAITING) {
            confirmedBy = replicas;
            outcome = enough ? Outcome.ANSWERED : Outcome.UNCONFIRMED;
        }
    }

    void failed(Outcome how, @Nullable Throwable why) {
        if (outcome == Outcome.WAITING) {
            outcome = how;
            cause = why;
        }
    }

    /** Why it was not done at the last try, for the message if there is no time for another; null if that was the first. */
    @Nullable
    String trouble() {
        return trouble;
    }

    // What its caller does before it is sent again.

    void againAfter(String why) {
        again();
        trouble = why;
    }

    void again() {
        outcome = Outcome.WAITING;
        answer = null;
        cause = null;
        asking = null;
    }

    void againWithSource() {
        again();
        withSource = true;
    }

    void againAt(Address address) {
        again();
        asking = address;
    }

    void againAs(Command repeat) {
        again();
        command = repeat;
        withSource = false;
        repeated = true;
    }
}
