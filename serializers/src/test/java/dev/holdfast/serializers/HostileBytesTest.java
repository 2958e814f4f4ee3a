package dev.holdfast.serializers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.holdfast.spi.Serializer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that somebody else put in the place of ours, past every checksum. */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileBytesTest {

    private static final int MUTATIONS = Integer.getInteger("holdfast.test.mutations", 100_000);

    private static List<Object> values() {
        Values.Node tree = new Values.Node("r").add(new Values.Node("c"));
        HashMap<Object, Object> map = new HashMap<>(Map.of("a", 1, 2, new Values.Point(1, 2)));
        map.put("tree", tree);
        map.put("dates", new Date[] {new Date(5), null, new java.sql.Timestamp(6)});
        return List.of(
                Values.Cart.of(5),
                new Values.Customer(),
                new Values.Boxes(),
                new Values.Interfaces(),
                tree,
                map,
                new Values.Order("o", List.of(new Values.Point(1, 1)), Map.of(), new int[] {1, 2, 3}, 7),
                new EnumMap<>(Map.of(Values.Bodied.LOUD, new ArrayList<>(List.of(1)))),
                new HashSet<>(List.of(new Values.Entity(1, "a"), new Values.Entity(2, "b"))),
                new TreeMap<>(Map.of("z", List.of(1, 2), "y", List.of())),
                new Object[] {new int[20], new String[][] {{"a"}, null}, new byte[30], "text", 5L});
    }

    /** The least that reading may allocate: Fory makes tables and buffers by what bytes of classes it meets describe. */
    @ParameterizedTest
    @CsvSource({"jdk, 4", "kryo, 4", "protostuff, 4", "fory, 32"})
    void mutatedBytesGiveAWholeValueOrAnExceptionInBoundedMemory(String name, int boundMebibytes) throws Exception {
        long seed =
                Long.getLong("holdfast.test.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("HostileBytesTest " + name + " seed " + seed);
        Random random = new Random(seed);
        Serializer serializer = AllSerializers.named(name);
        List<byte[]> sound = new ArrayList<>();
        for (Object value : values()) {
            byte[] bytes = AllSerializers.write(serializer, value);
            sound.add(bytes);
            AllSerializers.read(serializer, bytes, getClass().getClassLoader()); // also warms up what is made once
        }
        GraphWalk walk = new GraphWalk(new Kinds(AllSerializers.limits()));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        long most = 0;
        int decoded = 0;
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = mutate(sound, random);
            long before = threads.getThreadAllocatedBytes(self);
            Object value = null;
            try {
                value = AllSerializers.read(serializer, bytes, getClass().getClassLoader());
                decoded++;
            } catch (IOException | ClassNotFoundException expected) {
                refused++;
            } catch (Throwable other) {
                if (!name.equals("jdk")) { // its errors are caught by the codec
                    throw new AssertionError("seed " + seed + ", mutation " + i, other);
                }
            }
            most = Math.max(most, threads.getThreadAllocatedBytes(self) - before);
            if (value != null && !name.equals("jdk")) {
                try {
                    walk.over(value);
                } catch (UnsuitedException twiceAmongKeys) {
                    walk = new GraphWalk(new Kinds(AllSerializers.limits()));
                }
            }
        }
        System.out.println("HostileBytesTest " + name + ": " + decoded + " of " + MUTATIONS
                + " mutations were values; at most " + most + " bytes allocated by one");
        assertThat(most).isLessThan((long) boundMebibytes << 20);
        assertThat(decoded).isGreaterThan(MUTATIONS / 100);
        assertThat(refused).isGreaterThan(MUTATIONS / 10);
    }

    private static byte[] mutate(List<byte[]> sound, Random random) {
        byte[] original = sound.get(random.nextInt(sound.size()));
        byte[] bytes = original.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0x7F);
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xFF); // the longest varint
                case 4 -> bytes[at] = (byte) random.nextInt(16);
                case 5 -> bytes = Arrays.copyOf(bytes, Math.max(4, at));
                default -> { // a part of another value
                    byte[] other = sound.get(random.nextInt(sound.size()));
                    int from = random.nextInt(other.length);
                    int length = Math.min(random.nextInt(40), Math.min(other.length - from, bytes.length - at));
                    System.arraycopy(other, from, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    private static final String PLAIN = "public class Trap implements Serializable {"
            + " private static final long serialVersionUID = 1; int n = 3; Object o = \"x\"; }";
    private static final String MARKING = "public class Trap implements Serializable {"
            + " private static final long serialVersionUID = 1; int n; Object o;"
            + " static { System.setProperty(\"holdfast.test.mark\", \"initialized\"); }"
            + " public Trap() { System.setProperty(\"holdfast.test.mark\", \"made\"); }"
            + " private void readObject(ObjectInputStream in) throws Exception { in.defaultReadObject();"
            + " System.setProperty(\"holdfast.test.mark\", \"read\"); } }";

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "fory", "kryo", "protostuff"})
    void aClassThatIsNotAllowedLeavesNoMark(String name) throws Exception {
        try (Compiled writers = Compiled.of(PLAIN);
                Compiled readers = Compiled.of(MARKING)) {
            Object trap = writers.loadClass("shop.Trap").getConstructor().newInstance();
            Object many = java.lang.reflect.Array.newInstance(trap.getClass(), 1);
            for (Object value : List.of(
                    trap,
                    new ArrayList<>(List.of(trap)),
                    new Object[] {many},
                    new Values.Order("t", null, null, trap, 1))) {
                byte[] bytes = AllSerializers.write(AllSerializers.named(name), value);
                for (String allowed : List.of("dev.holdfast.**", "!shop.Trap")) {
                    System.clearProperty("holdfast.test.mark");
                    Serializer reader = AllSerializers.named(name, allowed);
                    assertThatThrownBy(() -> AllSerializers.read(reader, bytes, readers))
                            .isInstanceOf(IOException.class);
                    assertThat(System.getProperty("holdfast.test.mark")).isNull();
                }
            }
            byte[] bytes = AllSerializers.write(AllSerializers.named(name), trap);
            Serializer trusting = AllSerializers.named(name, "shop.**");
            if (name.equals("jdk")) { // so the mark would have been seen
                AllSerializers.read(trusting, bytes, readers);
                assertThat(System.getProperty("holdfast.test.mark")).isEqualTo("read");
            } else { // the others never run a readObject, and make no object of a class that has one
                assertThatThrownBy(() -> AllSerializers.read(trusting, bytes, readers))
                        .isInstanceOf(IOException.class);
                assertThat(System.getProperty("holdfast.test.mark")).isNull();
            }
        } finally {
            System.clearProperty("holdfast.test.mark");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fory", "kryo", "protostuff"})
    void aClassThatIsNotAllowedIsNotWritten(String name) {
        Serializer narrow = AllSerializers.named(name, "com.acme.**");
        assertThat(narrow.canWrite(Values.Point.class)).isFalse();
        assertThat(narrow.canWrite(ArrayList.class)).isTrue();
        assertThatThrownBy(() -> AllSerializers.write(narrow, new ArrayList<>(List.of(new Values.Point(1, 2)))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Values.Point.class.getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fory", "kryo", "protostuff"})
    void endlessNestingIsRefused(String name) throws Exception {
        Object inner = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            inner = new ArrayList<>(List.of(inner));
        }
        Serializer deep = AllSerializers.thirdParty(name)
                .create(new dev.holdfast.spi.SerializerLimits(any -> true, 400, 1_000_000, 1000));
        byte[] bytes = AllSerializers.write(deep, inner);
        assertThat(AllSerializers.read(deep, bytes, getClass().getClassLoader()))
                .isInstanceOf(ArrayList.class);
        Serializer shallow = AllSerializers.named(name);
        assertThatThrownBy(() -> AllSerializers.read(shallow, bytes, getClass().getClassLoader()))
                .isInstanceOf(IOException.class);
        Object tooDeep = inner;
        assertThatThrownBy(() -> AllSerializers.write(shallow, tooDeep)).isInstanceOf(IOException.class);
    }

    /** Sets in sets, each referred to twice, take 2^60 hash codes; lists take none, and differ in one byte. */
    @ParameterizedTest
    @ValueSource(strings = {"kryo", "protostuff"})
    void setsThatWouldTakeForeverToHashAreRefused(String name) throws Exception {
        List<Object> left = new ArrayList<>();
        List<Object> right = new ArrayList<>(List.of("r"));
        for (int i = 0; i < 60; i++) {
            List<Object> above = new ArrayList<>(List.of(left, right));
            right = new ArrayList<>(List.of(left, right, "r"));
            left = above;
        }
        Serializer serializer = AllSerializers.named(name);
        byte[] lists = AllSerializers.write(serializer, left);
        int alias = indexOf(lists, (byte) 70);
        byte[] sets = lists.clone();
        sets[alias] = 74;
        assertThat(AllSerializers.read(serializer, lists, getClass().getClassLoader()))
                .isInstanceOf(ArrayList.class);
        assertThatThrownBy(
                        () -> AllSerializers.read(serializer, sets, getClass().getClassLoader()))
                .isInstanceOf(IOException.class);
    }

    private static int indexOf(byte[] bytes, byte wanted) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }

    @Test
    void messagesOfFailuresHoldNoValues() throws Exception {
        for (String name : List.of("fory", "kryo", "protostuff")) {
            Serializer serializer = AllSerializers.named(name);
            byte[] bytes =
                    AllSerializers.write(serializer, new ArrayList<>(List.of("s3cret", new Values.Checked(1), "e")));
            for (int at = 0; at < bytes.length; at++) {
                byte[] changed = bytes.clone();
                changed[at] ^= 3;
                try {
                    AllSerializers.read(serializer, changed, getClass().getClassLoader());
                } catch (IOException e) {
                    assertThat(e).hasMessageNotContaining("s3cret").hasNoCause();
                } catch (ClassNotFoundException e) {
                    assertThat(e).hasMessageNotContaining("s3cret");
                }
            }
        }
    }
}
