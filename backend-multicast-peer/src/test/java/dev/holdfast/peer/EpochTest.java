package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.SessionKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EpochTest {

    private static final int SESSIONS = 20_000;

    private final Random random = new Random(7);

    private List<Member> members(int count) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new Member(random.nextLong(), random.nextLong()));
        }
        return members;
    }

    private static SessionKey key(int i) {
        return new SessionKey("shop", "s" + i);
    }

    @Test
    void theOrderOfTheMembersDoesNotMatter() {
        List<Member> members = members(5);
        Epoch one = new Epoch(1, members, 2);
        List<Member> shuffled = new ArrayList<>(members);
        Collections.shuffle(shuffled, random);
        Epoch other = new Epoch(1, shuffled, 2);
        for (int i = 0; i < 1_000; i++) {
            assertThat(other.homes(key(i))).isEqualTo(one.homes(key(i)));
        }
    }

    @Test
    void everyMemberOwnsAndBacksUpItsShare() {
        List<Member> members = members(5);
        Epoch epoch = new Epoch(1, members, 2);
        Map<Member, Integer> owned = new HashMap<>();
        Map<Member, Integer> backedUp = new HashMap<>();
        for (int i = 0; i < SESSIONS; i++) {
            List<Member> homes = epoch.homes(key(i));
            assertThat(homes).hasSize(2).doesNotHaveDuplicates();
            owned.merge(homes.get(0), 1, Integer::sum);
            backedUp.merge(homes.get(1), 1, Integer::sum);
        }
        int share = SESSIONS / 5;
        for (Member member : members) {
            assertThat(owned.get(member)).isBetween(share * 9 / 10, share * 11 / 10);
            assertThat(backedUp.get(member)).isBetween(share * 9 / 10, share * 11 / 10);
        }
    }

    @Test
    void aLeavingMemberMovesOnlyWhatItHad() {
        List<Member> members = members(5);
        Epoch before = new Epoch(1, members, 2);
        Member leaver = members.get(2);
        Epoch after =
                new Epoch(2, members.stream().filter(m -> !m.equals(leaver)).toList(), 2);
        for (int i = 0; i < SESSIONS; i++) {
            List<Member> had = new ArrayList<>(before.homes(key(i)));
            boolean concerned = had.remove(leaver);
            if (!concerned) {
                assertThat(after.homes(key(i))).isEqualTo(had);
            } else {
                // Who is left goes on, as the owner: it holds everything that was acknowledged.
                assertThat(after.homes(key(i)).get(0)).isEqualTo(had.get(0));
            }
        }
    }

    @Test
    void moreReplicasAddHomesAndChangeNoneOfTheFirst() {
        List<Member> members = members(7);
        Epoch two = new Epoch(1, members, 2);
        Epoch three = new Epoch(1, members, 3);
        Epoch all = new Epoch(1, members, Integer.MAX_VALUE);
        for (int i = 0; i < 1_000; i++) {
            List<Member> homes = all.homes(key(i));
            assertThat(homes).containsExactlyInAnyOrderElementsOf(members);
            assertThat(three.homes(key(i))).isEqualTo(homes.subList(0, 3));
            assertThat(two.homes(key(i))).isEqualTo(homes.subList(0, 2));
            assertThat(two.owner(key(i))).isEqualTo(homes.get(0));
            assertThat(two.backups(key(i))).containsExactly(homes.get(1));
        }
    }

    @Test
    void fewerMembersThanReplicasAreAllHomes() {
        List<Member> members = members(2);
        assertThat(new Epoch(1, members, 3).homes(key(1))).containsExactlyInAnyOrderElementsOf(members);
    }

    @Test
    void noMemberTwice() {
        Member member = members(1).get(0);
        assertThatThrownBy(() -> new Epoch(1, List.of(member, member), 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void alone() {
        List<Member> one = members(1);
        assertThat(new Epoch(1, one, 2).homes(key(1))).isEqualTo(one);
    }
}
