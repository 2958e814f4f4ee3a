package dev.holdfast.filter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamConstants;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HostileBytesTest {

    /** Far above what any of the values here needs, far below what a forged length could ask for. */
    private static final long BOUND_BYTES = 4 << 20;

    private final EnvelopeCodec codec = Codecs.jdk();

    private record Nested(String name, List<Object> parts) implements Serializable {}

    private static List<Object> values() {
        HashMap<Object, Object> map = new HashMap<>(Map.of("a", 1, 2, "b"));
        map.put("nested", new Nested("n", new ArrayList<>(List.of(new long[20], "x"))));
        EnumMap<Thread.State, String> states = new EnumMap<>(Map.of(Thread.State.NEW, "n"));
        return List.of(
                "text",
                5L,
                new BigDecimal("12.5"),
                UUID.randomUUID(),
                Instant.EPOCH,
                ZonedDateTime.parse("2026-01-01T00:00:00+01:00[Europe/Paris]"),
                Locale.GERMANY,
                new byte[30],
                map,
                states,
                new LinkedHashMap<>(map),
                new HashSet<>(map.keySet()),
                new TreeMap<>(Map.of("z", List.of(1, 2))),
                new Object[] {new int[100], new String[] {"a"}, new java.util.BitSet(900)},
                new ArrayList<>(List.of(new java.util.Vector<>(List.of(1)), new java.util.Hashtable<>(Map.of(1, 2)))));
    }

    @Test
    void mutatedBytesGiveAValueOrTheOneExceptionInBoundedMemory() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("HostileBytesTest seed " + seed);
        Random random = new Random(seed);
        EnvelopeCodec compressing = Codecs.jdk(new EnvelopeCodec.Sizes(0, 1 << 20));
        List<byte[]> sound = values().stream()
                .flatMap(value -> Stream.of(codec.encode("a", value), compressing.encode("a", value)))
                .toList();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        int decoded = 0;
        long most = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = mutate(sound.get(random.nextInt(sound.size())), random);
            long before = threads.getThreadAllocatedBytes(self);
            try {
                (i % 2 == 0 ? codec : compressing).decode(bytes);
                decoded++;
            } catch (UndecodableException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            } catch (Throwable other) {
                throw new AssertionError("seed " + seed + ", mutation " + i, other);
            }
            most = Math.max(most, threads.getThreadAllocatedBytes(self) - before);
        }
        System.out.println(decoded + " of 100000 mutations were values; at most " + most + " bytes allocated by one");
        assertThat(most).isLessThan(BOUND_BYTES);
        assertThat(decoded).isBetween(1_000, 90_000);
    }

    /** One in eight keeps its wrong checksum; the others get past it, as those of an attacker would. */
    private static byte[] mutate(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length - 4);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length - 4, at + 4), (byte) 0x7F);
                case 3 -> bytes[at] = (byte) (0x70 + random.nextInt(15)); // a tag of the stream's grammar
                case 4 -> bytes = Arrays.copyOf(bytes, Math.max(8, at + 4));
                default -> {
                    int from = random.nextInt(bytes.length - 4);
                    int length = Math.min(random.nextInt(20), bytes.length - 4 - Math.max(at, from));
                    System.arraycopy(sound, Math.min(from, sound.length - length), bytes, at, length);
                }
            }
        }
        return random.nextInt(8) == 0 ? bytes : sealed(bytes);
    }

    private static byte[] sealed(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }

    private static byte[] enveloped(byte[] stream) {
        ByteSink out = Envelope.open("jdk", Integer.MAX_VALUE);
        out.put(stream);
        return Envelope.seal(out);
    }

    @Test
    void everyFlippedBitIsFound() {
        byte[] sound = codec.encode("a", "some text");
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] bytes = sound.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(UndecodableException.class);
        }
    }

    @Test
    void laterFormatsFlagsKindsAndSerializersAreRefusedByName() {
        for (int[] change : new int[][] {{0, 2}, {1, 3}, {1, 4}, {2, 200}}) {
            byte[] bytes = codec.encode("a", "text");
            bytes[change[0]] = (byte) change[1];
            assertThatThrownBy(() -> codec.decode(sealed(bytes)))
                    .isInstanceOf(UndecodableException.class)
                    .hasMessageContaining("" + change[1]);
        }
        ByteSink kryo = Envelope.open("kryo", Integer.MAX_VALUE);
        kryo.put(1);
        byte[] bytes = Envelope.seal(kryo);
        assertThatThrownBy(() -> codec.decode(bytes))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("kryo");
        assertThatThrownBy(() -> codec.decode(new byte[0])).isInstanceOf(UndecodableException.class);
    }

    @Test
    void nestedArraysThatClaimMoreThanThereIsAreRefusedBeforeTheyAreMade() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(ObjectStreamConstants.STREAM_MAGIC);
        out.writeShort(ObjectStreamConstants.STREAM_VERSION);
        for (int i = 0; i < 500; i++) {
            out.writeByte(ObjectStreamConstants.TC_ARRAY);
            out.writeByte(ObjectStreamConstants.TC_CLASSDESC);
            out.writeUTF("[Ljava.lang.Object;");
            out.writeLong(0x90CE589F1073296CL);
            out.writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
            out.writeShort(0);
            out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
            out.writeByte(ObjectStreamConstants.TC_NULL);
            out.writeInt(Codecs.MAX_ARRAY);
        }
        assertAllocatesLittle(enveloped(bytes.toByteArray()));
    }

    @Test
    void endlessNestingIsRefused() throws Exception {
        Object inner = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            inner = new Object[] {inner};
        }
        Object nested = inner;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // how much stack each level takes depends on what the compiler has made of it by then
        Thread writer = new Thread(
                null,
                () -> {
                    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                        out.writeObject(nested);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                },
                "deep",
                64 << 20);
        writer.start();
        writer.join();
        assertThat(bytes.size()).isGreaterThan(1500 * 5);
        assertAllocatesLittle(enveloped(bytes.toByteArray()));
    }

    /** Two sets in each of two sets in each of two sets…: each hash takes twice the time of the one within it. */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void bytesThatWouldTakeForEverAreGivenUp() throws Exception {
        HashSet<Object> root = new HashSet<>();
        HashSet<Object> one = root;
        HashSet<Object> other = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            HashSet<Object> inOne = new HashSet<>(Set.of("foo"));
            HashSet<Object> inOther = new HashSet<>();
            one.addAll(Arrays.asList(inOne, inOther));
            other.addAll(Arrays.asList(inOne, inOther));
            one = inOne;
            other = inOther;
        }
        byte[] bytes = codec.encode("a", root);
        assertThat(bytes.length).isLessThan(10_000);
        Serializer hasty = new JdkSerializer(new SerializerLimits(
                AllowedClasses.everythingFound(), 1000, 1_000_000, Codecs.MAX_ARRAY, Duration.ofMillis(100)));
        EnvelopeCodec limited = new EnvelopeCodec(
                hasty, List.of(hasty), getClass().getClassLoader(), new EnvelopeCodec.Sizes(512, 1 << 20));
        assertThatThrownBy(() -> limited.decode(bytes)).isInstanceOf(UndecodableException.class);
        assertThat(limited.decode(codec.encode("a", new HashSet<>(Set.of("foo")))))
                .isEqualTo(Set.of("foo"));
    }

    private void assertAllocatesLittle(byte[] bytes) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(UndecodableException.class);
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .isLessThan(BOUND_BYTES);
    }

    /** Whatever happens to the class itself leaves a mark in a system property. */
    static class Gadget implements Serializable {
        private static final long serialVersionUID = 1;
        static final String MARK = "holdfast.test.gadget";

        static {
            System.setProperty(MARK, "initialized");
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            System.setProperty(MARK, "read");
            in.defaultReadObject();
        }
    }

    @Test
    void anExcludedClassIsNotEvenInitialized() throws Exception {
        List<Object> forms =
                List.of(new Gadget(), new ArrayList<>(List.of(new Gadget())), new Gadget[1][1], Gadget[].class);
        for (Object form : forms) {
            byte[] bytes = codec.encode("a", form);
            // another loader, in which the class has not been initialized yet
            try (CopyingLoader fresh = new CopyingLoader(name -> name.equals(Gadget.class.getName()))) {
                System.clearProperty(Gadget.MARK);
                EnvelopeCodec excluding = Codecs.jdk(fresh, "!" + Gadget.class.getName());
                assertThatThrownBy(() -> excluding.decode(bytes)).isInstanceOf(UndecodableException.class);
                EnvelopeCodec others = Codecs.jdk(fresh, "com.acme.**");
                assertThatThrownBy(() -> others.decode(bytes)).isInstanceOf(UndecodableException.class);
                assertThat(System.getProperty(Gadget.MARK)).isNull();
                assertThat(fresh.loaded()).isEmpty();
            }
        }
        try (CopyingLoader fresh = new CopyingLoader(name -> name.equals(Gadget.class.getName()))) {
            Codecs.jdk(fresh).decode(codec.encode("a", new Gadget()));
            assertThat(System.getProperty(Gadget.MARK)).isEqualTo("read"); // so the mark would have been seen
        } finally {
            System.clearProperty(Gadget.MARK);
        }
    }

    static class Exploding implements Serializable {
        private static final long serialVersionUID = 1;
        final int how;

        Exploding(int how) {
            this.how = how;
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            switch (how) {
                case 0 -> throw new StackOverflowError();
                case 1 -> throw new OutOfMemoryError();
                case 2 -> throw new NoClassDefFoundError();
                case 3 -> throw new AssertionError("secret");
                case 4 -> throw new IllegalStateException("secret");
                case 5 -> throw new ExceptionInInitializerError();
                default -> throw new InternalError("secret");
            }
        }
    }

    @Test
    void errorsOfReadingAreTheOneException() {
        for (int how = 0; how < 7; how++) {
            byte[] bytes = codec.encode("a", new Exploding(how));
            assertThatThrownBy(() -> codec.decode(bytes))
                    .isInstanceOf(UndecodableException.class)
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void classesAreThoseOfTheGivenLoaderOnAnyThread() throws Exception {
        byte[] bytes = codec.encode("a", new Nested("n", new ArrayList<>(List.of("x"))));
        try (CopyingLoader application = new CopyingLoader(name -> name.equals(Nested.class.getName()))) {
            EnvelopeCodec there = Codecs.jdk(application);
            Thread self = Thread.currentThread();
            ClassLoader context = self.getContextClassLoader();
            try {
                for (ClassLoader each : new ClassLoader[] {context, null, ClassLoader.getPlatformClassLoader()}) {
                    self.setContextClassLoader(each);
                    assertThat(there.decode(bytes).getClass().getClassLoader()).isSameAs(application);
                }
            } finally {
                self.setContextClassLoader(context);
            }
        }
    }

    @Test
    void aClassThatThisNodeLacksIsNamed() {
        byte[] bytes = codec.encode("a", new Nested("n", List.of()));
        EnvelopeCodec elsewhere = Codecs.jdk(ClassLoader.getPlatformClassLoader());
        assertThatThrownBy(() -> elsewhere.decode(bytes))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining(Nested.class.getName());
    }

    /** An application's loader: defines some classes itself, from our class files. */
    private static final class CopyingLoader extends java.net.URLClassLoader {

        private final java.util.function.Predicate<String> own;
        private final List<String> loaded = new ArrayList<>();

        CopyingLoader(java.util.function.Predicate<String> own) {
            super(new java.net.URL[0], HostileBytesTest.class.getClassLoader());
            this.own = own;
        }

        List<String> loaded() {
            return loaded;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!own.test(name)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                loaded.add(name);
                try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        }
    }
}
