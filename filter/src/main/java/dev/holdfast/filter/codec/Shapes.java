package dev.holdfast.filter.codec;

import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The shape of each class: decided once, at the first object. A class that is not known to be safe to look at has the shape
 * that says so. Thread-safe.
 *
 * <p>Known are exact classes of the JDK whose whole stored content their public methods show, and application classes
 * that leave their serialization to the JDK ({@link FieldShape}). Not known are, on purpose, the views and wrappers of
 * {@code java.util.Collections} and {@code Arrays.asList}: what they stand before may also be referenced from
 * elsewhere, which the encoding shows and they do not.
 */
final class Shapes {

    /** Applications that make classes without end must not fill the memory with shapes of them. */
    private static final int MAX_SHAPES = 20_000;

    /** Of the JDK's classes alone; the application's are in {@link #shapes}, which ends with its filter. */
    private final Map<Class<?>, Shape> known = new HashMap<>();

    /**
     * Not a ClassValue: that would hang our shapes, and with them our class loader, on the JDK's classes, where they
     * outlive the application.
     */
    private final ConcurrentMap<Class<?>, Shape> shapes = new ConcurrentHashMap<>();

    private final Shape unknown = new Simple<>(Object.class, true, (o, w) -> w.unknown());

    Shapes() {
        ImmutableValues.looks().forEach((type, look) -> known.put(type, new Simple<>(Object.class, true, look)));
        mutableValues();
        collections();
        maps();
    }

    interface Look<T> {
        void look(T object, Walker walker);
    }

    private static final class Simple<T> extends Shape {

        private final Class<T> type;
        private final Look<? super T> look;

        Simple(Class<T> type, boolean byValue, Look<? super T> look) {
            this(type, byValue, false, look);
        }

        Simple(Class<T> type, boolean byValue, boolean madeLast, Look<? super T> look) {
            super(newToken(), byValue, madeLast);
            this.type = type;
            this.look = look;
        }

        @Override
        void look(Object object, Walker walker) {
            look.look(type.cast(object), walker);
        }
    }

    static long newToken() {
        return ThreadLocalRandom.current().nextLong();
    }

    Shape of(Class<?> type) {
        Shape shape = shapes.get(type);
        if (shape == null) {
            if (shapes.size() >= MAX_SHAPES) {
                shapes.clear(); // new tokens: what is compared across this moment looks changed, which costs a save
            }
            Shape made = make(type);
            shape = shapes.putIfAbsent(type, made);
            if (shape == null) {
                shape = made;
            }
        }
        return shape;
    }

    private Shape make(Class<?> type) {
        Shape ready = known.get(type);
        if (ready != null) {
            return ready;
        }
        if (Enum.class.isAssignableFrom(type)) {
            return new Simple<>(Enum.class, true, (o, w) -> w.number(o.ordinal()));
        }
        if (java.time.ZoneId.class.isAssignableFrom(type)) { // its two subclasses are the JDK's
            return new Simple<>(java.time.ZoneId.class, true, (o, w) -> w.text(o.getId()));
        }
        if (EnumSet.class.isAssignableFrom(type)) { // likewise
            return node(EnumSet.class, Shapes::enumSet);
        }
        if (type.isArray()) {
            return array(type);
        }
        if (type.getName().startsWith("java.sql.")) {
            return sql(type);
        }
        Shape byFields = FieldShape.of(type);
        return byFields != null ? byFields : unknown;
    }

    private static <T> Shape node(Class<T> type, Look<? super T> look) {
        return new Simple<>(type, false, look);
    }

    private static <T> Shape madeLast(Class<T> type, Look<? super T> look) {
        return new Simple<>(type, false, true, look);
    }

    private <T> void know(Class<T> type, Look<? super T> look) {
        known.put(type, node(type, look));
    }

    private void mutableValues() {
        know(Date.class, (o, w) -> w.number(o.getTime()));
        know(AtomicInteger.class, (o, w) -> w.number(o.get()));
        know(AtomicLong.class, (o, w) -> w.number(o.get()));
        know(AtomicBoolean.class, (o, w) -> w.number(o.get()));
        know(AtomicReference.class, (o, w) -> w.reference(o.get()));
        know(BitSet.class, (o, w) -> longs(o.toLongArray(), w));
    }

    private void collections() {
        know(ArrayList.class, Shapes::arrayList);
        know(LinkedList.class, (o, w) -> w.elements(o));
        know(ArrayDeque.class, (o, w) -> w.elements(o));
        know(CopyOnWriteArrayList.class, (o, w) -> {
            // its size and its iterator may see two states
            Object[] elements = o.toArray();
            references(elements, w);
        });
        know(PriorityQueue.class, (o, w) -> {
            w.reference(o.comparator());
            w.elements(o);
        });
        know(HashSet.class, (o, w) -> w.elements(o));
        know(LinkedHashSet.class, (o, w) -> w.elements(o));
        know(TreeSet.class, (o, w) -> {
            w.reference(o.comparator());
            w.elements(o);
        });
        for (List<?> each : List.of(List.of(), List.of(1), List.of(1, 2, 3))) {
            known.put(each.getClass(), madeLast(List.class, (o, w) -> w.elements(o)));
        }
        for (Set<?> each : List.of(Set.of(), Set.of(1), Set.of(1, 2, 3))) {
            known.put(each.getClass(), madeLast(Set.class, (o, w) -> w.elements(o)));
        }
        for (Object each : List.of(Collections.emptyList(), Collections.singletonList(1))) {
            known.put(each.getClass(), node(List.class, (o, w) -> w.elements(o)));
        }
        for (Object each : List.of(Collections.emptySet(), Collections.singleton(1))) {
            known.put(each.getClass(), node(Set.class, (o, w) -> w.elements(o)));
        }
    }

    private void maps() {
        know(HashMap.class, (o, w) -> w.entries(o));
        know(LinkedHashMap.class, (o, w) -> {
            // whether it keeps the order of access is stored, and nowhere to be read: another map is another map
            w.number(System.identityHashCode(o));
            w.entries(o);
        });
        know(ConcurrentHashMap.class, (o, w) -> w.entries(o));
        know(TreeMap.class, (o, w) -> {
            w.reference(o.comparator());
            w.entries(o);
        });
        know(EnumMap.class, (o, w) -> {
            w.number(System.identityHashCode(o)); // for the type of its keys, which an empty one does not show
            w.entries(o);
        });
        for (Map<?, ?> each : List.of(Map.of(), Map.of(1, 1), Map.of(1, 1, 2, 2, 3, 3))) {
            known.put(each.getClass(), madeLast(Map.class, (o, w) -> w.entries(o)));
        }
        for (Map<?, ?> each : List.of(Collections.emptyMap(), Collections.singletonMap(1, 1))) {
            known.put(each.getClass(), node(Map.class, (o, w) -> w.entries(o)));
        }
    }

    /** By index: without an iterator. */
    private static void arrayList(ArrayList<?> list, Walker walker) {
        int size = list.size();
        walker.number(size);
        for (int i = 0; i < size; i++) {
            walker.reference(list.get(i));
        }
        if (list.size() != size) {
            throw new ConcurrentModificationException();
        }
    }

    private static void enumSet(EnumSet<?> set, Walker walker) {
        walker.number(System.identityHashCode(set)); // for the type of its elements, which an empty one does not show
        walker.elements(set);
    }

    private static void references(Object[] array, Walker walker) {
        walker.number(array.length);
        for (Object each : array) {
            walker.reference(each);
        }
    }

    private static void longs(long[] array, Walker walker) {
        walker.number(array.length);
        for (long each : array) {
            walker.number(each);
        }
    }

    private static Shape array(Class<?> type) {
        if (!type.getComponentType().isPrimitive()) {
            return node(Object[].class, Shapes::references);
        }
        if (type == byte[].class) {
            return node(byte[].class, (o, w) -> {
                EncodedLook look = EncodedLook.of(o);
                w.number(look.length());
                w.number(look.first());
                w.number(look.second());
            });
        }
        if (type == long[].class) {
            return node(long[].class, Shapes::longs);
        }
        if (type == double[].class) {
            return node(double[].class, (o, w) -> {
                w.number(o.length);
                for (double each : o) {
                    w.number(each);
                }
            });
        }
        if (type == float[].class) {
            return node(float[].class, (o, w) -> {
                w.number(o.length);
                for (float each : o) {
                    w.number(each);
                }
            });
        }
        if (type == boolean[].class) {
            return node(boolean[].class, (o, w) -> {
                w.number(o.length);
                for (boolean each : o) {
                    w.number(each);
                }
            });
        }
        return node(Object.class, (o, w) -> { // int, short, char: all of which Array gives as a long
            int length = Array.getLength(o);
            w.number(length);
            for (int i = 0; i < length; i++) {
                w.number(Array.getLong(o, i));
            }
        });
    }

    /** The module java.sql need not be there; who has an object of its classes has it. */
    private Shape sql(Class<?> type) {
        return switch (type.getName()) {
            case "java.sql.Timestamp" ->
                node(java.sql.Timestamp.class, (o, w) -> {
                    w.number(o.getTime());
                    w.number(o.getNanos());
                });
            case "java.sql.Date", "java.sql.Time" -> node(Date.class, (o, w) -> w.number(o.getTime()));
            default -> unknown;
        };
    }
}
