package dev.holdfast.filter.codec;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Values with shared and cyclic references, and changes to them: some in place deep inside, some that change nothing. */
final class RandomGraphs {

    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "grass";
            }
        },
        BLUE
    }

    static class Base {
        int notStored; // of a class that is not Serializable
        transient int alsoNot;
    }

    static class Bean extends Base implements Serializable {
        private static final long serialVersionUID = 1;
        int number;
        long big;
        boolean flag;
        char letter;
        byte octet;
        short small;
        float single;
        double real;
        String text;
        Object any;
        Bean next;
        List<Object> list;
        transient Object skipped;
    }

    static final class WideBean extends Bean {
        private static final long serialVersionUID = 1;
        Object a;
        Object b;
        Integer boxed;
        Colour colour;
        int[] numbers;
    }

    record Pair(Object left, Object right) implements Serializable {}

    /** Writes itself: can only be compared by its encoding. */
    static final class OwnForm implements Serializable {
        private static final long serialVersionUID = 1;
        private transient int secret;

        OwnForm(int secret) {
            this.secret = secret;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeInt(secret);
        }
    }

    final Random random;
    /** Everything mutable made so far: what references point at, and what is changed. */
    final List<Object> made = new ArrayList<>();

    RandomGraphs(long seed) {
        random = new Random(seed);
    }

    Object graph() {
        made.clear();
        Object root = node(4);
        for (int i = random.nextInt(4); i > 0; i--) {
            change(); // cycles come by changes
        }
        return root;
    }

    Object any(int depth) {
        int kind = random.nextInt(10);
        if (kind < 4 || depth == 0) {
            return leaf();
        }
        if (kind == 4 && !made.isEmpty()) {
            return pick(made);
        }
        return kind == 5 ? null : node(depth - 1);
    }

    Object leaf() {
        int n = random.nextInt(6);
        return switch (random.nextInt(22)) {
            case 0 -> n;
            case 1 -> (long) n;
            case 2 -> (byte) n;
            case 3 -> (short) n;
            case 4 -> (char) n;
            case 5 -> (float) n;
            case 6 -> (double) n;
            case 7 -> n % 2 == 0;
            case 8 -> text();
            case 9 -> new BigDecimal(BigInteger.valueOf(n), random.nextInt(4) - 1);
            case 10 -> BigInteger.valueOf(n).shiftLeft(n * 20).subtract(BigInteger.ONE);
            case 11 -> new UUID(n, random.nextInt(2));
            case 12 -> Instant.ofEpochSecond(n, random.nextInt(2));
            case 13 -> LocalDate.ofEpochDay(n);
            case 14 -> LocalDateTime.of(2026, 1, 1 + n, random.nextInt(2), 0);
            case 15 -> LocalDateTime.of(2026, 1, 1, n, 0).atZone(ZoneId.of(n < 3 ? "UTC" : "Europe/Paris"));
            case 16 -> Colour.values()[n % 3];
            case 17 ->
                List.of(Locale.ENGLISH, Locale.UK, Locale.ROOT, new Locale("en", "", "UK"), Locale.US, Locale.UK)
                        .get(n);
            case 18 -> n % 2 == 0 ? TimeUnit.DAYS : TimeUnit.HOURS;
            case 19 -> new BigDecimal("1234567890.1234567890123").add(BigDecimal.valueOf(n, 13));
            case 20 -> ZoneId.of(n % 2 == 0 ? "Z" : "Asia/Tokyo");
            default -> text() + text();
        };
    }

    private String text() {
        // short ones whose String.hashCode is the same, and long ones that differ at the end
        return List.of("Aa", "BB", "", "äß", "x".repeat(70) + random.nextInt(2), "AaAa")
                .get(random.nextInt(6));
    }

    Object node(int depth) {
        Object node = newNode();
        made.add(node);
        for (int i = random.nextInt(4); i > 0; i--) {
            fill(node, depth);
        }
        if (depth > 0 && random.nextInt(8) == 0) {
            return wrap(node);
        }
        return node;
    }

    private Object wrap(Object node) {
        return switch (random.nextInt(8)) {
            case 0 -> List.of(node, "x");
            case 1 -> Map.of("k", node);
            case 2 -> new Pair(node, leaf());
            case 3 -> Collections.unmodifiableList(new ArrayList<>(List.of(node)));
            case 4 -> Arrays.asList(node, null);
            case 5 -> Collections.singletonList(node);
            case 6 -> new Pair(new OwnForm(random.nextInt(3)), node);
            default -> Collections.synchronizedMap(new HashMap<>(Map.of("n", node)));
        };
    }

    private Object newNode() {
        return switch (random.nextInt(23)) {
            case 0, 1, 2 -> new Bean();
            case 3, 4 -> new WideBean();
            case 5, 6 -> new ArrayList<>();
            case 7 -> new LinkedList<>();
            case 8 -> new HashMap<>();
            case 9 -> new LinkedHashMap<>(16, 0.75f, random.nextBoolean());
            case 10 -> new TreeMap<>();
            case 11 -> new HashSet<>();
            case 12 -> new TreeSet<>();
            case 13 -> new EnumMap<>(Colour.class);
            case 14 -> random.nextBoolean() ? EnumSet.noneOf(Colour.class) : EnumSet.noneOf(TimeUnit.class);
            case 15 -> new Object[3];
            case 16 -> new int[3];
            case 17 -> new byte[random.nextInt(12)];
            case 18 -> new Date(random.nextInt(3));
            case 19 -> new AtomicReference<>();
            case 20 -> new AtomicInteger();
            case 21 -> random.nextBoolean() ? new BitSet() : new ArrayDeque<>();
            default -> random.nextBoolean() ? new ConcurrentHashMap<>() : new LinkedHashSet<>();
        };
    }

    /** One change somewhere; maybe to something that is no longer, or never was, part of the value. */
    void change() {
        Object target = pick(made);
        if (random.nextInt(5) == 0) {
            undo(target);
        } else {
            fill(target, 1);
        }
    }

    @SuppressWarnings("unchecked")
    private void fill(Object node, int depth) {
        int n = random.nextInt(3);
        if (node instanceof WideBean bean && random.nextBoolean()) {
            switch (random.nextInt(5)) {
                case 0 -> bean.a = any(depth);
                case 1 -> bean.b = any(depth);
                case 2 -> bean.boxed = n;
                case 3 -> bean.colour = Colour.values()[n];
                default -> bean.numbers = n == 0 ? null : new int[n];
            }
        } else if (node instanceof Bean bean) {
            switch (random.nextInt(16)) {
                case 0 -> bean.number = n;
                case 1 -> bean.big = n;
                case 2 -> bean.flag = n == 1;
                case 3 -> bean.letter = (char) n;
                case 4 -> bean.octet = (byte) n;
                case 5 -> bean.small = (short) n;
                case 6 -> bean.single = n == 0 ? -0f : 0f;
                case 7 -> bean.real = n == 0 ? Double.NaN : n;
                case 8, 9 -> bean.text = n == 0 ? null : text();
                case 10 -> bean.next = pick(made) instanceof Bean other ? other : null;
                case 11 -> bean.notStored = random.nextInt();
                case 12 -> bean.skipped = any(0);
                case 13 -> bean.list = new ArrayList<>(Arrays.asList(any(depth), any(depth)));
                default -> bean.any = any(depth);
            }
        } else if (node instanceof EnumMap<?, ?> map) {
            ((EnumMap<Colour, Object>) map).put(Colour.values()[n], any(depth));
        } else if (node instanceof ConcurrentHashMap<?, ?> map) {
            ((Map<Object, Object>) map)
                    .put(key(), Optional.ofNullable(any(depth)).orElse("none"));
        } else if (node instanceof TreeMap<?, ?> map) {
            ((Map<Object, Object>) map).put(text(), any(depth));
        } else if (node instanceof LinkedHashMap<?, ?> map && n == 0) {
            map.get(key()); // a change if the order is that of access
        } else if (node instanceof Map<?, ?> map) {
            ((Map<Object, Object>) map).put(key(), any(depth));
        } else if (node instanceof EnumSet<?> set) {
            EnumSet<?> full = set.isEmpty() ? EnumSet.of(Colour.RED, Colour.BLUE) : set;
            if (full != set) {
                try {
                    ((Collection<Object>) (Collection<?>) set).add(Colour.values()[n]);
                } catch (ClassCastException e) {
                    ((Collection<Object>) (Collection<?>) set).add(TimeUnit.values()[n]);
                }
            } else {
                set.clear();
            }
        } else if (node instanceof TreeSet<?> set) {
            ((TreeSet<Object>) set).add(text());
        } else if (node instanceof HashSet<?> set) {
            ((HashSet<Object>) set).add(key()); // elements whose hash never changes
        } else if (node instanceof ArrayDeque<?> deque) {
            ((ArrayDeque<Object>) deque).add(Optional.ofNullable(any(depth)).orElse("none"));
        } else if (node instanceof List<?> list) {
            ((List<Object>) list).add(list.isEmpty() ? 0 : random.nextInt(list.size()), any(depth));
        } else if (node instanceof Object[] array) {
            array[n] = any(depth);
        } else if (node instanceof int[] array) {
            array[n] = random.nextInt(3);
        } else if (node instanceof byte[] array && array.length > 0) {
            array[random.nextInt(array.length)] = (byte) n;
        } else if (node instanceof Date date) {
            date.setTime(n);
        } else if (node instanceof AtomicReference<?> reference) {
            ((AtomicReference<Object>) reference).set(any(depth));
        } else if (node instanceof AtomicInteger number) {
            number.set(n);
        } else if (node instanceof BitSet bits) {
            bits.flip(n * 40);
        }
    }

    private Object key() {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextInt(20);
            case 1 -> text();
            default -> new UUID(0, random.nextInt(3));
        };
    }

    private void undo(Object node) {
        if (node instanceof List<?> list && !list.isEmpty()) {
            list.remove(random.nextInt(list.size()));
        } else if (node instanceof Map<?, ?> map && !map.isEmpty()) {
            map.remove(map.keySet().iterator().next());
        } else if (node instanceof Collection<?> collection && !(node instanceof List<?>)) {
            collection.clear();
        } else if (node instanceof List<?> list && list.size() > 1) {
            Collections.reverse(list);
        }
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
