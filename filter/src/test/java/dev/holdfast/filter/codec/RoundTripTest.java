package dev.holdfast.filter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Serializer;
import java.io.Externalizable;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Timestamp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.Currency;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RoundTripTest {

    private static final String OURS = "dev.holdfast.filter.codec.*";

    private final EnvelopeCodec codec = Codecs.jdk();
    private final EnvelopeCodec restricted = Codecs.jdk(OURS);

    enum Planet {
        EARTH,
        MARS {
            @Override
            public String toString() {
                return "red";
            }
        }
    }

    record Point(int x, List<String> names) implements Serializable {}

    static class MyList extends ArrayList<String> {
        private static final long serialVersionUID = 1;
        String extra = "e";
    }

    public static final class Outside implements Externalizable {
        private static final long serialVersionUID = 1;
        int held;

        @Override
        public void writeExternal(ObjectOutput out) throws IOException {
            out.writeInt(held);
        }

        @Override
        public void readExternal(ObjectInput in) throws IOException {
            held = in.readInt();
        }
    }

    static final class One implements Serializable {
        private static final long serialVersionUID = 1;
        static final One INSTANCE = new One();

        private Object writeReplace() {
            return new Stand();
        }

        private static final class Stand implements Serializable {
            private static final long serialVersionUID = 1;

            private Object readResolve() {
                return INSTANCE;
            }
        }
    }

    record Echo(String answer) implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return answer;
        }
    }

    interface Speaks {
        String speak();
    }

    @Test
    void whateverTheJdkCanSerializeComesBackEqual() throws Exception {
        HashMap<String, Object> nulls = new HashMap<>();
        nulls.put(null, null);
        EnumMap<Planet, String> planets = new EnumMap<>(Planet.class);
        planets.put(Planet.MARS, "x");
        Timestamp moment = new Timestamp(-1);
        moment.setNanos(1);
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("Europe/Rome"), Locale.ITALY);
        Properties properties = new Properties();
        properties.setProperty("a", "b");
        MyList mine = new MyList();
        mine.add("x");
        List<Object> values = List.of(
                new ArrayList<>(Arrays.asList("a", null, "a")),
                List.of(),
                List.of(1, 2, 3, "x"),
                Set.of("only"),
                Map.of("a", 1, "b", 2),
                nulls,
                new Point(1, List.of("p")),
                Planet.EARTH,
                Planet.MARS,
                planets,
                EnumSet.of(Planet.MARS),
                BitSet.valueOf(new long[] {5, 0, -1}),
                moment,
                new java.sql.Date(5),
                calendar,
                Currency.getInstance("EUR"),
                properties,
                mine,
                new Hashtable<>(Map.of(1, 2)),
                new TreeMap<>(Map.of("k", "v")),
                new LinkedHashMap<>(16, 0.75f, true),
                new ConcurrentHashMap<>(Map.of("k", "v")),
                new ConcurrentSkipListMap<>(Map.of("k", "v")),
                new CopyOnWriteArrayList<>(List.of("z")),
                new Vector<>(List.of(1)),
                Arrays.asList("q", null),
                Collections.unmodifiableList(new ArrayList<>(List.of(1))),
                Collections.unmodifiableMap(new HashMap<>(Map.of(1, 1))),
                Collections.nCopies(4, "x"),
                new HashMap<>(1, 0.1f),
                new HashMap<>(Map.of("a", new HashMap<>(Map.of("b", new HashMap<>())))),
                new StringBuilder("sb").toString().repeat(5000));
        for (Object value : values) {
            for (EnvelopeCodec each : List.of(codec, restricted)) {
                assertThat(each.canTravel(value)).as("%s", value.getClass()).isTrue();
                assertThat(back(each, value)).hasSameClassAs(value).isEqualTo(value);
            }
        }
        assertThat((String[][]) back(codec, new String[][] {{"a", null}, null})).isDeepEqualTo(new String[][] {
            {"a", null}, null
        });
        assertThat((int[]) back(restricted, new int[] {1, 2})).containsExactly(1, 2);
        assertThat(((ArrayDeque<?>) back(codec, new ArrayDeque<>(List.of(1, 2)))).peekLast())
                .isEqualTo(2);
        assertThat(((PriorityQueue<?>) back(codec, new PriorityQueue<>(List.of(2, 1)))).peek())
                .isEqualTo(1);
        assertThat(((IdentityHashMap<?, ?>) back(codec, new IdentityHashMap<>(Map.of("a", 1)))))
                .hasSize(1);
        assertThat(((MyList) back(codec, mine)).extra).isEqualTo("e");
    }

    @Test
    void largeTablesFitTheirBytes() throws Exception {
        HashMap<Integer, Byte> map = new HashMap<>(16, 0.25f);
        Hashtable<Integer, Byte> table = new Hashtable<>(100_000, 0.01f);
        List<Map<Integer, Integer>> small = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            map.put(i, (byte) 1);
            table.put(i, (byte) 1);
            small.add(new HashMap<>(Map.of(1, 1)));
        }
        assertThat(back(codec, map)).isEqualTo(map);
        assertThat(back(codec, table)).isEqualTo(table);
        assertThat(back(codec, small)).isEqualTo(small);
        assertThat(back(codec, new ArrayList<>(map.keySet()))).isEqualTo(new ArrayList<>(map.keySet()));
    }

    @Test
    void aCycleComesBackAsACycle() throws Exception {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        List<?> back = (List<?>) back(codec, cycle);
        assertThat(back.get(0)).isSameAs(back);
    }

    @Test
    void classesThatReplaceThemselvesKeepTheirWay() throws Exception {
        assertThat(back(codec, One.INSTANCE)).isSameAs(One.INSTANCE);
        Outside outside = new Outside();
        outside.held = 7;
        assertThat(((Outside) back(codec, outside)).held).isEqualTo(7);
    }

    @Test
    void aProxyComesBackAlsoOfAnInterfaceThatIsNotPublic() throws Exception {
        Speaks proxy = (Speaks)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Speaks.class}, new Echo("hi"));
        assertThat(((Speaks) back(codec, proxy)).speak()).isEqualTo("hi");
        assertThat(((Speaks) back(restricted, proxy)).speak()).isEqualTo("hi");
        assertThatThrownBy(() -> Codecs.jdk(OURS, "!" + Speaks.class.getName()).encode("a", proxy))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining(Speaks.class.getName());
    }

    @Test
    void aSerializableLambdaTravelsWhereItIsAllowed() throws Exception {
        Function<String, String> lambda = (Function<String, String> & Serializable) text -> text + "!";
        @SuppressWarnings("unchecked")
        Function<String, String> back = (Function<String, String>) back(codec, lambda);
        assertThat(back.apply("a")).isEqualTo("a!");
        Comparator<String> not = (a, b) -> 0;
        assertThat(codec.canTravel(not)).isFalse();
    }

    @Test
    void anObjectThatCannotTravelIsNamed() {
        assertThat(codec.canTravel(new Object())).isFalse();
        List<Object> deep = new ArrayList<>(List.of(new Thread()));
        for (EnvelopeCodec each : List.of(codec, restricted)) {
            assertThatThrownBy(() -> each.encode("cart", deep))
                    .isInstanceOf(EncodingException.class)
                    .hasMessageContaining("'cart'")
                    .hasMessageContaining("java.util.ArrayList")
                    .hasMessageContaining("java.lang.Thread");
        }
    }

    @Test
    void whatAllowClassesDoesNotNameIsNotWrittenEither() {
        EnvelopeCodec narrow = Codecs.jdk("com.acme.**");
        assertThat(narrow.canTravel(new Point(1, List.of()))).isFalse();
        assertThat(narrow.canTravel(new ArrayList<>())).isTrue();
        assertThatThrownBy(() -> narrow.encode("p", new ArrayList<>(List.of(new Point(1, List.of())))))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining(Point.class.getName());
    }

    @Test
    void whatIsTooDeepToBeReadIsRefusedWhenWritten() throws Exception {
        Object readable = nested(Codecs.MAX_DEPTH / 2 - 100);
        assertThat(codec.decode(codec.encode("a", readable))).isInstanceOf(Object[].class);
        for (int depth = Codecs.MAX_DEPTH - 300; depth < Codecs.MAX_DEPTH + 300; depth += 20) {
            byte[] bytes;
            try {
                bytes = codec.encode("a", nested(depth));
            } catch (EncodingException e) {
                assertThat(depth).isGreaterThan(Codecs.MAX_DEPTH - 300);
                continue;
            }
            codec.decode(bytes); // what was written can be read
        }
    }

    private static Object nested(int depth) {
        Object[] inner = new Object[0];
        for (int i = 0; i < depth; i++) {
            inner = new Object[] {inner};
        }
        return inner;
    }

    static final class Moving implements Serializable {
        private static final long serialVersionUID = 1;
        private transient int failures;

        Moving(int failures) {
            this.failures = failures;
        }

        private void writeObject(java.io.ObjectOutputStream out) {
            if (failures-- > 0) {
                throw new ConcurrentModificationException("secret value");
            }
        }
    }

    @Test
    void anObjectThatMovesIsEncodedAgainAndThenRefusedByName() {
        assertThat(codec.encode("a", new Moving(3))).isNotEmpty();
        assertThatThrownBy(() -> codec.encode("cart", new Moving(1000)))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining("'cart'")
                .hasMessageContaining(Moving.class.getName())
                .hasMessageNotContaining("secret");
    }

    @Test
    void aMapThatAnotherThreadChangesIsNeverStoredTorn() throws Exception {
        HashMap<Integer, String> map = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            map.put(i, "v");
        }
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(1);
        Thread writer = new Thread(() -> {
            // the size goes up and down; no state comes twice: that would be what our look before and after cannot tell
            for (int i = 0; !stop.get(); i++) {
                map.put(0, "v" + i);
                map.put(50 + i % 10, "v" + i);
                if (i % 10 == 9) {
                    for (int each = 50; each < 60; each++) {
                        map.remove(each);
                    }
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000);
                }
                started.countDown();
            }
        });
        writer.start();
        try {
            assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
            int stored = 0;
            for (int i = 0; i < 5_000; i++) {
                byte[] bytes;
                try {
                    bytes = codec.encode("map", map);
                } catch (EncodingException e) {
                    continue;
                }
                stored++;
                assertThat(((Map<?, ?>) codec.decode(bytes)).size()).isBetween(50, 60);
            }
            System.out.println("stored " + stored + " of 5000 while the map was changing");
        } finally {
            stop.set(true);
            writer.join();
        }
    }

    /** Right about points without names alone, and finds that out late. */
    private static final class OnlyBarePoints implements Serializer {

        private int asked;

        @Override
        public String name() {
            return "points";
        }

        @Override
        public boolean canWrite(Class<?> type) {
            return type == Point.class;
        }

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            asked++;
            Point point = (Point) value;
            out.write(point.x());
            if (!point.names().isEmpty()) {
                throw new IOException("names of points");
            }
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException {
            return new Point(in.read(), List.of());
        }
    }

    @Test
    void whatTheChosenSerializerHandsOnTheJdkWritesWhole() throws Exception {
        OnlyBarePoints points = new OnlyBarePoints();
        EnvelopeCodec mixed = new EnvelopeCodec(
                points,
                List.of(new JdkSerializer(Codecs.limits())),
                getClass().getClassLoader(),
                new EnvelopeCodec.Sizes(512, 1 << 20));
        assertThat(mixed.encode("a", new Point(3, List.of()))).hasSizeLessThan(20);
        for (Object value : List.of(new Point(3, List.of()), new Point(4, List.of("p")), List.of(5))) {
            assertThat(back(mixed, value)).isEqualTo(value);
        }
        assertThat(points.asked).isEqualTo(3);
        assertThatThrownBy(() -> mixed.encode("cart", new Point(1, new ArrayList<>(List.of("x")) {
                    private final Thread no = new Thread();
                })))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining("Thread");
    }

    private static Object back(EnvelopeCodec codec, Object value) throws UndecodableException {
        return codec.decode(codec.encode("a", value));
    }
}
