package dev.holdfast.peer;

/** Carries messages to other members: perhaps late, perhaps never, never twice, in any order. Thread-safe. */
interface Network {

    /** Takes a message over; what becomes of it is only seen by the answer. Throws nothing. */
    void send(Member to, byte[] message);

    /** An answer of this member has not come: what is sent to it next goes another way, if there is one. */
    void doubt(Member member);

    /** Runs {@code work} on this thread; what it sends may share packets. */
    void together(Runnable work);
}
