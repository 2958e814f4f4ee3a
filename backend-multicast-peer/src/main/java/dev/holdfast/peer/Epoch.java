package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One agreed membership, and with it who keeps which session. Every message of the protocol names the epoch that it belongs
 * to; members of different epochs refuse each other's.
 *
 * <p>The homes of a session are the first two members in the order of a score of (member, session): the owner, which decides,
 * and the backup. Every member computes the same ones, and when a member comes or goes only those sessions move that it gets
 * or had (rendezvous hashing).
 *
 * @param token names the epoch; equal for all members that agree on it, never used for another one
 * @param members not empty, in any order
 */
record Epoch(long token, List<Member> members) {

    /** Before the first view. No member accepts it. */
    static final long NO_TOKEN = 0;

    Epoch {
        if (members.isEmpty() || token == NO_TOKEN) {
            throw new IllegalArgumentException("an epoch has members and a token");
        }
        members = List.copyOf(members);
    }

    boolean contains(Member member) {
        return members.contains(member);
    }

    Member owner(SessionKey key) {
        return homes(key).get(0);
    }

    /** The owner and, unless it is alone, the backup. */
    List<Member> homes(SessionKey key) {
        if (members.size() == 1) {
            return members;
        }
        long hash = hash(key);
        Member first = null;
        Member second = null;
        long firstScore = 0;
        long secondScore = 0;
        for (Member member : members) {
            long score = score(member, hash);
            if (first == null || beats(score, member, firstScore, first)) {
                second = first;
                secondScore = firstScore;
                first = member;
                firstScore = score;
            } else if (second == null || beats(score, member, secondScore, second)) {
                second = member;
                secondScore = score;
            }
        }
        if (first == null || second == null) {
            throw new IllegalStateException("an epoch lists a member twice");
        }
        return List.of(first, second);
    }

    private static boolean beats(long score, Member member, long otherScore, Member other) {
        if (score != otherScore) {
            return Long.compareUnsigned(score, otherScore) > 0;
        }
        int byHigh = Long.compareUnsigned(member.high(), other.high());
        return byHigh != 0 ? byHigh > 0 : Long.compareUnsigned(member.low(), other.low()) > 0;
    }

    private static long score(Member member, long keyHash) {
        return mix(mix(keyHash ^ member.high()) ^ member.low());
    }

    /** FNV-1a over the key, then mixed: part of the protocol, every member must compute the same. */
    private static long hash(SessionKey key) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : key.opaque().getBytes(StandardCharsets.US_ASCII)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** The finalizer of SplitMix64: each bit of the input changes half of the output's. */
    static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ a >>> 27) * 0x94d049bb133111ebL;
        return b ^ b >>> 31;
    }
}
