package dev.holdfast.peer;

/** Carries messages to other members: perhaps late, perhaps never, never twice, in any order. Thread-safe. */
interface Network {

    /** Takes a message over; what becomes of it is only seen by the answer. Throws nothing. */
    void send(Member to, byte[] message);

    /** Runs {@code work} on this thread; what it sends may share packets. */
    void together(Runnable work);
}
