package dev.holdfast.serializers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.holdfast.filter.codec.JdkSerializerProvider;
import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
        try (Compiled writers = Compiled.of(PLAIN);
                Compiled readers = Compiled.of(MARKING)) {
            Serializer trusting = AllSerializers.named(name);
            Serializer serializer = AllSerializers.named(name, "!shop.Trap");
            List<byte[]> sound = new ArrayList<>();
            for (Object value : values()) {
                byte[] bytes = AllSerializers.write(trusting, value);
                sound.add(bytes);
                AllSerializers.read(serializer, bytes, readers); // also warms up what is made once
            }
            Object trap = writers.loadClass("shop.Trap").getConstructor().newInstance();
            for (Object value : List.of(trap, List.of("before", trap), new Values.Order("t", null, null, trap, 1))) {
                sound.add(AllSerializers.write(trusting, value));
            }
            System.clearProperty(MARK);
            mutate(name, serializer, sound, readers, new Random(seed), seed, boundMebibytes);
            assertThat(System.getProperty(MARK)).as("seed " + seed).isNull();
        }
    }

    private static void mutate(
            String name,
            Serializer serializer,
            List<byte[]> sound,
            ClassLoader loader,
            Random random,
            long seed,
            int boundMebibytes)
            throws Exception {
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
                value = AllSerializers.read(serializer, bytes, loader);
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

    private static final String MARK = "holdfast.test.mark";
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
                    System.clearProperty(MARK);
                    Serializer reader = AllSerializers.named(name, allowed);
                    assertThatThrownBy(() -> AllSerializers.read(reader, bytes, readers))
                            .isInstanceOf(IOException.class);
                    assertThat(System.getProperty(MARK)).isNull();
                }
            }
            byte[] bytes = AllSerializers.write(AllSerializers.named(name), trap);
            Serializer trusting = AllSerializers.named(name, "shop.**");
            if (name.equals("jdk")) { // so the mark would have been seen
                AllSerializers.read(trusting, bytes, readers);
                assertThat(System.getProperty(MARK)).isEqualTo("read");
            } else { // the others never run a readObject, and make no object of a class that has one
                assertThatThrownBy(() -> AllSerializers.read(trusting, bytes, readers))
                        .isInstanceOf(IOException.class);
                assertThat(System.getProperty(MARK)).isNull();
            }
        } finally {
            System.clearProperty(MARK);
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

    /** The same bytes for Fory, which has a table of its own for them: an element that grew after it had been put in. */
    @Test
    void setsThatWouldTakeForeverToHashAreRefusedAlsoByFory() throws Exception {
        List<Object> left = new ArrayList<>();
        List<Object> right = new ArrayList<>(List.of("r"));
        for (int i = 0; i < 60; i++) {
            List<Object> above = new ArrayList<>(List.of(left, right));
            right = new ArrayList<>(List.of(left, right, "r"));
            left = above;
        }
        List<Object> key = new ArrayList<>();
        HashMap<Object, Object> map = new HashMap<>();
        map.put(key, "v");
        HashSet<Object> set = new HashSet<>(Set.of(key));
        key.add(left);
        for (Object bomb : List.of(set, map)) {
            byte[] bytes = new ForySerializer(AllSerializers.limits())
                    .open(new Kinds(AllSerializers.limits()))
                    .foryForWriting()
                    .serialize(bomb);
            assertThatThrownBy(() -> AllSerializers.read(
                            AllSerializers.named("fory"), bytes, getClass().getClassLoader()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("twice among keys");
        }
    }

    private static final String KEY = "public class Key implements Serializable {"
            + " private static final long serialVersionUID = 1; int n; public Key(int n) { this.n = n; }";
    private static final String KEY_BY_IDENTITY = KEY + " }";
    private static final String KEY_OF_ONE_HASH = KEY + " public int hashCode() { return 1; }"
            + " public boolean equals(Object o) { return o instanceof Key && ((Key) o).n == n; } }";

    private static Object[] keys(ClassLoader writers, int count) throws ReflectiveOperationException {
        Constructor<?> make = writers.loadClass("shop.Key").getConstructor(int.class);
        Object[] keys = new Object[count];
        for (int i = 0; i < count; i++) {
            keys[i] = make.newInstance(i);
        }
        return keys;
    }

    private static Serializer within(Duration time, String name) {
        SerializerLimits limits = new SerializerLimits(any -> true, 200, 10_000_000, 1 << 24, time);
        return (name.equals("jdk") ? new JdkSerializerProvider() : AllSerializers.thirdParty(name)).create(limits);
    }

    /** To put them into a set takes half of their number's square of comparisons: most of an hour. */
    @ParameterizedTest
    @ValueSource(strings = {"jdk", "fory", "kryo", "protostuff"})
    void keysOfOneHashAreReadUntilTheTimeIsOver(String name) throws Exception {
        try (Compiled writers = Compiled.of(KEY_BY_IDENTITY);
                Compiled readers = Compiled.of(KEY_OF_ONE_HASH)) {
            Serializer serializer = within(Duration.ofMillis(300), name);
            byte[] bytes = AllSerializers.write(serializer, new HashSet<>(Arrays.asList(keys(writers, 400_000))));
            assertThatThrownBy(() -> AllSerializers.read(serializer, bytes, readers))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(name.equals("jdk") ? "REJECTED" : "max-decode-time");
        }
    }

    /** It is made in one step, in which nobody can ask for the time: 800 million comparisons, and few bytes more take hours. */
    @ParameterizedTest
    @ValueSource(strings = {"jdk", "fory", "kryo", "protostuff"})
    void immutableSetsAndMapsWhoseHashesMeetAreRefused(String name) throws Exception {
        try (Compiled writers = Compiled.of(KEY_BY_IDENTITY);
                Compiled readers = Compiled.of(KEY_OF_ONE_HASH)) {
            Object[] keys = keys(writers, 40_000);
            Map.Entry<?, ?>[] entries =
                    Arrays.stream(keys).map(key -> Map.entry(key, 1)).toArray(Map.Entry<?, ?>[]::new);
            Serializer serializer = within(Duration.ofMinutes(10), name);
            for (Object value : List.of(Set.of(keys), Map.ofEntries(entries))) {
                byte[] bytes = AllSerializers.write(serializer, value);
                assertThat(AllSerializers.read(serializer, bytes, writers)).isInstanceOf(value.getClass());
                assertThatThrownBy(() -> AllSerializers.read(serializer, bytes, readers))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("hashes meet");
            }
        }
    }

    /** Each element that comes is a new array of all: hours, and no object is read for a null. */
    @ParameterizedTest
    @ValueSource(strings = {"kryo", "protostuff"})
    void nullsInAListThatCopiesItselfAreReadUntilTheTimeIsOver(String name) throws Exception {
        Serializer serializer = within(Duration.ofMillis(300), name);
        byte[] bytes =
                AllSerializers.write(serializer, new CopyOnWriteArrayList<>(Collections.nCopies(4_000_000, null)));
        assertThatThrownBy(
                        () -> AllSerializers.read(serializer, bytes, getClass().getClassLoader()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("max-decode-time");
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
