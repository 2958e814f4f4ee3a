package dev.holdfast.peer;

/**
 * One running server of the cluster, by the 128-bit random name that it drew when it started. A restarted server is another
 * member.
 */
record Member(long high, long low) {

    /** Short, for messages. */
    @Override
    public String toString() {
        return Long.toHexString(high >>> 32);
    }
}
