package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * One agreed membership, and with it who keeps which session. Every message of the protocol names the epoch that it belongs
 * to; members of different epochs refuse each other's.
 *
 * <p>The homes of a session are the first members in the order of a score of (member, session): the owner, which decides,
 * and the backups. Every member computes the same ones, and when a member comes or goes only those sessions move that it gets
 * or had (rendezvous hashing).
 *
 * @param token names the epoch; equal for all members that agree on it, never used for another one
 * @param members not empty, none twice, in any order
 * @param replicas how many homes a session has, if there are as many members; at least one
 */
record Epoch(long token, List<Member> members, int replicas) {

    /** Before the first view. No member accepts it. */
    static final long NO_TOKEN = 0;

    Epoch {
        if (members.isEmpty() || token == NO_TOKEN || replicas < 1) {
            throw new IllegalArgumentException("an epoch has members, a token, and a home for each session");
        }
        if (Set.copyOf(members).size() != members.size()) {
            throw new IllegalArgumentException("an epoch lists a member twice");
        }
        members = List.copyOf(members);
    }

    boolean contains(Member member) {
        return members.contains(member);
    }

    Member owner(SessionKey key) {
        long hash = hash(key);
        Member first = members.get(0);
        long firstScore = score(first, hash);
        for (Member member : members) {
            long score = score(member, hash);
            if (beats(score, member, firstScore, first)) {
                first = member;
                firstScore = score;
            }
        }
        return first;
    }

    /** The owner, then the backups. */
    List<Member> homes(SessionKey key) {
        if (members.size() == 1) {
            return members;
        }
        long hash = hash(key);
        // The best so far, in order: there are few.
        Member[] best = new Member[Math.min(replicas, members.size())];
        long[] scores = new long[best.length];
        int found = 0;
        for (Member member : members) {
            long score = score(member, hash);
            int place = found;
            while (place > 0 && beats(score, member, scores[place - 1], best[place - 1])) {
                place--;
            }
            if (place < best.length) {
                found = Math.min(found + 1, best.length);
                System.arraycopy(best, place, best, place + 1, found - 1 - place);
                System.arraycopy(scores, place, scores, place + 1, found - 1 - place);
                best[place] = member;
                scores[place] = score;
            }
        }
        return List.of(best);
    }

    /** All homes but the owner; none if it is alone. */
    List<Member> backups(SessionKey key) {
        List<Member> homes = homes(key);
        return homes.subList(1, homes.size());
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
