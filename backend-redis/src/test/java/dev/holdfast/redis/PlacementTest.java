package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.redis.server.Slots;
import dev.holdfast.spi.scale.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Prints rows of docs/scale.md. */
class PlacementTest {

    private static final Comparator<List<Integer>> BY_SLOTS = Comparator.comparingInt(List::size);

    private static final Keys KEYS = new Keys("shop");

    /** The slots that have sessions, in their order: what an operator can deal out evenly. */
    private static final int[] USED =
            IntStream.range(0, Keys.BUCKETS).map(KEYS::slotOf).sorted().toArray();

    @Test
    void eachBucketHasASlotOfItsOwn() {
        assertThat(Arrays.stream(USED).distinct()).hasSize(Keys.BUCKETS);
    }

    /** The first masters hold the first slots, all as many, as redis-cli creates a cluster. */
    @Test
    void slotsInEqualRangesGiveSomeMastersMoreSessionsTheMoreMastersThereAre() {
        double[] atMost = {1.5, 3, 13};
        int[] sizes = Placement.clusterSizes();
        for (int i = 0; i < sizes.length; i++) {
            Placement placement =
                    placement(sizes[i], IntStream.range(0, Slots.COUNT).toArray());
            System.out.println(placement.row("Redis Cluster, slots in equal ranges"));
            assertThat(placement.fullest()).isLessThan(atMost[i]);
        }
    }

    /** As close as whole buckets come to it: nobody has more than one bucket more than another. */
    @Test
    void slotsDealtOutByBucketsAreEven() {
        for (int size : Placement.clusterSizes()) {
            Placement placement = placement(size, USED);
            System.out.println(placement.row("Redis Cluster, buckets dealt out"));
            double best = Math.ceil((double) Keys.BUCKETS / size) * size / Keys.BUCKETS;
            double perBucket = (double) placement.sessions() / Keys.BUCKETS;
            assertThat(placement.fullest()).isLessThan(best * (1 + 4.5 / Math.sqrt(perBucket)));
            assertThat(placement.leaveMoved()).isCloseTo(placement.leaveLeast(), within(1e-9));
        }
    }

    /** Masters with even parts of the slots; a newcomer takes from the fullest, and one that goes leaves to the emptiest. */
    private static Placement placement(int masters, int[] slots) {
        List<List<Integer>> joined = dealt(masters, slots);
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < slots.length / (masters + 1); i++) {
            List<Integer> fullest = Collections.max(joined, BY_SLOTS);
            taken.add(fullest.remove(fullest.size() - 1));
        }
        joined.add(taken);
        List<List<Integer>> left = dealt(masters, slots);
        List<Integer> given = left.set(0, List.of());
        List<List<Integer>> heirs = left.subList(1, masters);
        given.forEach(slot -> Collections.min(heirs, BY_SLOTS).add(slot));
        return Placement.of(masters, homes(dealt(masters, slots)), homes(joined), homes(left));
    }

    private static Placement.Homes homes(List<List<Integer>> slotsOfMasters) {
        int[] masters = new int[Slots.COUNT];
        for (int master = 0; master < slotsOfMasters.size(); master++) {
            for (int slot : slotsOfMasters.get(master)) {
                masters[slot] = master;
            }
        }
        return key -> new int[] {masters[KEYS.slotOf(Keys.bucketOf(key))]};
    }

    private static List<List<Integer>> dealt(int masters, int[] slots) {
        List<List<Integer>> held = new ArrayList<>();
        for (int i = 0; i < masters; i++) {
            List<Integer> range = new ArrayList<>();
            for (int k = i * slots.length / masters; k < (i + 1) * slots.length / masters; k++) {
                range.add(slots[k]);
            }
            held.add(range);
        }
        return held;
    }
}
