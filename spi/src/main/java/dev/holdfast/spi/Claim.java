package dev.holdfast.spi;

/**
 * An expired session that this node has to end: run its listeners, then {@linkplain ExpiryClaims#confirm confirm}. Without a
 * confirmation it is handed out again after its lease, so that a crash while listeners run
 * brings the event once more rather than never.
 *
 * @param snapshot the session with all its data
 * @param op the identity of the claim
 */
public record Claim(SessionSnapshot snapshot, long op) {}
