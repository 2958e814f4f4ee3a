package dev.holdfast.serializers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collections and maps of the JDK that can be made again by their public methods: these classes exactly. Left to the JDK
 * are, on purpose, views and wrappers (unmodifiable, synchronized, {@code Arrays.asList}): what they stand before may be
 * referred to from elsewhere too, and cannot be reached; and maps that go by identity.
 */
final class Containers {

    private final Map<Class<?>, Kind> kinds = new HashMap<>();

    private Containers() {
        collections();
        maps();
        madeLast();
        enums();
    }

    static Map<Class<?>, Kind> all() {
        return new Containers().kinds;
    }

    private void collections() {
        collection(70, ArrayList.class, false, unused -> new ArrayList<>());
        collection(71, LinkedList.class, false, unused -> new LinkedList<>());
        collection(72, ArrayDeque.class, false, unused -> new ArrayDeque<>());
        collection(73, CopyOnWriteArrayList.class, false, unused -> new CopyOnWriteArrayList<>());
        collection(74, HashSet.class, true, unused -> new HashSet<>());
        collection(75, LinkedHashSet.class, true, unused -> new LinkedHashSet<>());
        kinds.put(TreeSet.class, new Sequence(76, TreeSet.class, true, Containers::sortedSet) {
            @Override
            @Nullable
            Object comparatorOf(Object value) {
                return ((TreeSet<?>) value).comparator();
            }
        });
        kinds.put(PriorityQueue.class, new Sequence(77, PriorityQueue.class, true, Containers::queue) {
            @Override
            @Nullable
            Object comparatorOf(Object value) {
                return ((PriorityQueue<?>) value).comparator();
            }
        });
    }

    @SuppressWarnings({"unchecked", "NullAway"
    }) // no comparator is a comparator to them, which the JDK's types do not say
    private static Collection<Object> sortedSet(@Nullable Object comparator) {
        return new TreeSet<>((java.util.Comparator<Object>) comparator);
    }

    @SuppressWarnings({"unchecked", "NullAway"})
    private static Collection<Object> queue(@Nullable Object comparator) {
        return new PriorityQueue<>((java.util.Comparator<Object>) comparator);
    }

    @SuppressWarnings({"unchecked", "NullAway"})
    private static Map<Object, Object> sortedMap(@Nullable Object comparator) {
        return new TreeMap<>((java.util.Comparator<Object>) comparator);
    }

    private void maps() {
        kinds.put(HashMap.class, new Entries(90, HashMap.class, unused -> new HashMap<>()));
        kinds.put(
                ConcurrentHashMap.class, new Entries(91, ConcurrentHashMap.class, unused -> new ConcurrentHashMap<>()));
        kinds.put(LinkedHashMap.class, new Entries(92, LinkedHashMap.class, unused -> new LinkedHashMap<>()) {
            @Override
            Iterator<?> contentOf(Object value) {
                if (ordersByAccess((LinkedHashMap<?, ?>) value)) {
                    throw new UnsuitedException(LinkedHashMap.class, "ordered by access");
                }
                return super.contentOf(value);
            }
        });
        kinds.put(TreeMap.class, new Entries(93, TreeMap.class, Containers::sortedMap) {
            @Override
            @Nullable
            Object comparatorOf(Object value) {
                return ((TreeMap<?, ?>) value).comparator();
            }
        });
    }

    /** No method tells, and asking the map itself would change its order. */
    @SuppressWarnings("unchecked")
    private static boolean ordersByAccess(LinkedHashMap<?, ?> map) {
        LinkedHashMap<Object, Object> probe = (LinkedHashMap<Object, Object>) map.clone();
        probe.clear();
        probe.put(1, 1);
        probe.put(2, 2);
        probe.get(1);
        return probe.keySet().iterator().next().equals(2);
    }

    private void madeLast() {
        Function<List<Object>, Object> listOf = elements -> List.of(elements.toArray());
        for (List<?> each : List.of(List.of(1), List.of(1, 2, 3))) {
            kinds.put(each.getClass(), new MadeLast(80, each.getClass(), false, false, listOf) {
                @Override
                Iterator<?> contentOf(Object value) {
                    if (allowsNull((List<?>) value)) { // of Stream.toList(); List.of is another list, of the same class
                        throw new UnsuitedException(value.getClass(), "allows null");
                    }
                    return super.contentOf(value);
                }
            });
        }
        for (Set<?> each : List.of(Set.of(1), Set.of(1, 2, 3))) {
            kinds.put(each.getClass(), new MadeLast(81, each.getClass(), false, true, e -> Set.of(e.toArray())));
        }
        for (Map<?, ?> each : List.of(Map.of(1, 1), Map.of(1, 1, 2, 2))) {
            kinds.put(each.getClass(), new MadeLast(94, each.getClass(), true, true, Containers::mapOf));
        }
        constant(82, Collections.emptyList());
        constant(83, Collections.emptySet());
        constant(84, Collections.emptyMap());
        single(85, Collections.singletonList(1), e -> Collections.singletonList(e.get(0)));
        single(86, Collections.singleton(1), e -> Collections.singleton(e.get(0)));
        Class<?> singletonMap = Collections.singletonMap(1, 1).getClass();
        kinds.put(
                singletonMap,
                new MadeLast(95, singletonMap, true, false, e -> Collections.singletonMap(e.get(0), e.get(1))));
    }

    private static boolean allowsNull(List<?> list) {
        try {
            return list.contains(null) || !list.isEmpty();
        } catch (NullPointerException e) {
            return false;
        }
    }

    private static Map<Object, Object> mapOf(List<Object> content) {
        List<Map.Entry<Object, Object>> entries = new ArrayList<>();
        for (int i = 0; i + 1 < content.size(); i += 2) {
            entries.add(Map.entry(content.get(i), content.get(i + 1)));
        }
        return Map.ofEntries(entries.toArray(Map.Entry[]::new));
    }

    private void constant(int alias, Object empty) {
        boolean isMap = empty instanceof Map;
        kinds.put(empty.getClass(), new MadeLast(alias, empty.getClass(), isMap, false, unused -> empty));
    }

    private void single(int alias, Collection<?> one, Function<List<Object>, Object> make) {
        kinds.put(one.getClass(), new MadeLast(alias, one.getClass(), false, false, make));
    }

    private void enums() {
        Function<List<Object>, Object> enumSet = Containers::enumSet;
        for (Set<?> each : List.of(EnumSet.noneOf(Thread.State.class), EnumSet.noneOf(Many.class))) {
            kinds.put(each.getClass(), new MadeLast(87, each.getClass(), false, false, enumSet));
        }
        kinds.put(EnumMap.class, new MadeLast(96, EnumMap.class, true, false, Containers::enumMap) {
            @Override
            Iterator<?> contentOf(Object value) {
                if (((Map<?, ?>) value).isEmpty()) {
                    throw new UnsuitedException(EnumMap.class, "an empty one does not tell the class of its keys");
                }
                return super.contentOf(value);
            }
        });
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object enumSet(List<Object> constants) {
        return EnumSet.copyOf((List) constants); // which refuses none, as their class would not be known
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object enumMap(List<Object> content) {
        EnumMap map = new EnumMap(((Enum<?>) content.get(0)).getDeclaringClass());
        for (int i = 0; i + 1 < content.size(); i += 2) {
            map.put((Enum<?>) content.get(i), content.get(i + 1));
        }
        return map;
    }

    /** More constants than fit a long, for the other class of enum sets. */
    private enum Many {
        A,
        B,
        C,
        D,
        E,
        F,
        G,
        H,
        I,
        J,
        K,
        L,
        M,
        N,
        O,
        P,
        Q,
        R,
        S,
        T,
        U,
        V,
        W,
        X,
        Y,
        Z,
        A1,
        B1,
        C1,
        D1,
        E1,
        F1,
        G1,
        H1,
        I1,
        J1,
        K1,
        L1,
        M1,
        N1,
        O1,
        P1,
        Q1,
        R1,
        S1,
        T1,
        U1,
        V1,
        W1,
        X1,
        Y1,
        Z1,
        A2,
        B2,
        C2,
        D2,
        E2,
        F2,
        G2,
        H2,
        I2,
        J2,
        K2,
        L2,
        M2,
        N2
    }

    private <T extends Collection<?>> void collection(
            int alias, Class<T> type, boolean asks, Function<@Nullable Object, Collection<Object>> make) {
        kinds.put(type, new Sequence(alias, type, asks, make));
    }

    private static class Sequence extends Kind.Container {

        private final Function<@Nullable Object, Collection<Object>> make;

        Sequence(int alias, Class<?> type, boolean asks, Function<@Nullable Object, Collection<Object>> make) {
            super(type, alias, false, asks, false);
            this.make = make;
        }

        @Override
        Iterator<?> contentOf(Object value) {
            return ((Collection<?>) value).iterator();
        }

        @Override
        int sizeOf(Object value) {
            return ((Collection<?>) value).size();
        }

        @Override
        Object begin(@Nullable Object comparator) {
            return make.apply(comparator);
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"}) // whether null may be in it is its own matter
        void put(Object begun, @Nullable Object first, @Nullable Object second) {
            ((Collection<Object>) begun).add(first);
        }
    }

    private static class Entries extends Kind.Container {

        private final Function<@Nullable Object, Map<Object, Object>> make;

        Entries(int alias, Class<?> type, Function<@Nullable Object, Map<Object, Object>> make) {
            super(type, alias, true, true, false);
            this.make = make;
        }

        @Override
        Iterator<?> contentOf(Object value) {
            return flat((Map<?, ?>) value);
        }

        @Override
        int sizeOf(Object value) {
            return ((Map<?, ?>) value).size();
        }

        @Override
        Object begin(@Nullable Object comparator) {
            return make.apply(comparator);
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"})
        void put(Object begun, @Nullable Object first, @Nullable Object second) {
            ((Map<Object, Object>) begun).put(first, second);
        }
    }

    private static class MadeLast extends Kind.Container {

        private final Function<List<Object>, Object> make;

        MadeLast(int alias, Class<?> type, boolean isMap, boolean asks, Function<List<Object>, Object> make) {
            super(type, alias, isMap, asks, true);
            this.make = make;
        }

        @Override
        Iterator<?> contentOf(Object value) {
            if (sizeOf(value) == 0 && value instanceof EnumSet) {
                throw new UnsuitedException(EnumSet.class, "an empty one does not tell the class of its elements");
            }
            return isMap() ? flat((Map<?, ?>) value) : ((Collection<?>) value).iterator();
        }

        @Override
        int sizeOf(Object value) {
            return isMap() ? ((Map<?, ?>) value).size() : ((Collection<?>) value).size();
        }

        @Override
        Object begin(@Nullable Object comparator) {
            return new ArrayList<>();
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"})
        void put(Object begun, @Nullable Object first, @Nullable Object second) {
            List<Object> content = (List<Object>) begun;
            content.add(first);
            if (isMap()) {
                content.add(second);
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        Object end(Object begun) {
            return make.apply((List<Object>) begun);
        }
    }

    private static Iterator<?> flat(Map<?, ?> map) {
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        return new Iterator<@Nullable Object>() {

            private Map.@Nullable Entry<?, ?> half;

            @Override
            public boolean hasNext() {
                return half != null || entries.hasNext();
            }

            @Override
            public @Nullable Object next() {
                Map.Entry<?, ?> entry = half;
                if (entry != null) {
                    half = null;
                    return entry.getValue();
                }
                if (!entries.hasNext()) {
                    throw new NoSuchElementException();
                }
                half = entries.next();
                return half.getKey();
            }
        };
    }
}
