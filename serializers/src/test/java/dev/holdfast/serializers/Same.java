package dev.holdfast.serializers;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * Whether one object graph is the copy of another: the same classes, values and nulls, and whatever is one object there is
 * one object here. Knows what a reader of the objects could see, not what a serializer is about.
 */
final class Same {

    private final Map<Object, Object> pairs = new IdentityHashMap<>();
    private final Map<Object, Object> back = new IdentityHashMap<>();

    private Same() {}

    /** Null if they are; else where they differ. */
    static String differenceOf(Object original, Object copy) {
        return new Same().differ("", original, copy);
    }

    private Same fork() {
        Same fork = new Same();
        fork.pairs.putAll(pairs);
        fork.back.putAll(back);
        return fork;
    }

    private String differ(String at, Object a, Object b) {
        if (a == null || b == null) {
            return a == b ? null : at + ": " + (a == null ? "null" : "not null") + " became the other";
        }
        if (!nameOf(a).equals(nameOf(b))) {
            return at + ": " + nameOf(a) + " became " + nameOf(b);
        }
        if (a instanceof Enum || a instanceof Class) {
            return a == b ? null : at + ": another constant";
        }
        Object known = pairs.get(a);
        if (known != null || back.containsKey(b)) {
            // what has no identity that anybody relies on may be one or two
            return known == b || isValue(a) && differBy(at, a, b) == null ? null : at + ": one object, or two";
        }
        pairs.put(a, b);
        back.put(b, a);
        return differBy(at, a, b);
    }

    /** Classes that are made at run time have a number in their names. */
    private static String nameOf(Object object) {
        return object.getClass().getName().replaceAll("\\$\\$Lambda.*", "\\$\\$Lambda");
    }

    private static boolean isValue(Object a) {
        return a instanceof String
                || a instanceof Number && !a.getClass().getName().contains("Atomic")
                || a instanceof Boolean
                || a instanceof Character
                || a instanceof java.util.UUID
                || a instanceof java.util.Locale
                || a instanceof java.net.URI
                || a.getClass().getName().startsWith("java.time.");
    }

    private String differBy(String at, Object a, Object b) {
        if (a.getClass().isArray()) {
            int length = Array.getLength(a);
            if (length != Array.getLength(b)) {
                return at + ": another length";
            }
            for (int i = 0; i < length; i++) {
                String difference = differ(at + "[" + i + "]", Array.get(a, i), Array.get(b, i));
                if (difference != null) {
                    return difference;
                }
            }
            return null;
        }
        if (Proxy.isProxyClass(a.getClass())) {
            InvocationHandler handler = Proxy.getInvocationHandler(a);
            return differ(at + ".handler", handler, Proxy.getInvocationHandler(b));
        }
        if (a instanceof Map<?, ?> map) {
            String difference = entries(at, map, (Map<?, ?>) b);
            return difference != null ? difference : isOfTheJdk(a.getClass()) ? behaviour(at, a, b) : fields(at, a, b);
        }
        if (a instanceof Collection<?> collection) {
            String difference = elements(at, collection, (Collection<?>) b);
            return difference != null ? difference : isOfTheJdk(a.getClass()) ? behaviour(at, a, b) : fields(at, a, b);
        }
        if (!isOfTheJdk(a.getClass())) {
            String difference = fields(at, a, b);
            return difference != null || !(a instanceof Throwable) ? difference : throwable(at, a, b);
        }
        return value(at, a, b);
    }

    private static boolean isOfTheJdk(Class<?> type) {
        return type.getClassLoader() == null || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
    }

    private String entries(String at, Map<?, ?> a, Map<?, ?> b) {
        List<Object> first = new ArrayList<>();
        List<Object> second = new ArrayList<>();
        a.forEach((key, value) -> first.add(Arrays.asList(key, value).toArray()));
        b.forEach((key, value) -> second.add(Arrays.asList(key, value).toArray()));
        boolean ordered = a instanceof java.util.LinkedHashMap || a instanceof java.util.SortedMap;
        return ordered ? inOrder(at, first, second) : inAnyOrder(at, first, second);
    }

    private String elements(String at, Collection<?> a, Collection<?> b) {
        boolean unordered =
                a instanceof Set && !(a instanceof java.util.LinkedHashSet) && !(a instanceof java.util.SortedSet)
                        || a.getClass().getName().contains("UnmodifiableSet");
        return unordered ? inAnyOrder(at, a, b) : inOrder(at, a, b);
    }

    private String inOrder(String at, Collection<?> a, Collection<?> b) {
        if (a.size() != b.size()) {
            return at + ": another size";
        }
        Iterator<?> other = b.iterator();
        int i = 0;
        for (Object each : a) {
            String difference = same(at + "(" + i++ + ")", each, other.next());
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    private String inAnyOrder(String at, Collection<?> a, Collection<?> b) {
        if (a.size() != b.size()) {
            return at + ": another size";
        }
        List<Object> left = new ArrayList<>(b);
        for (Object each : a) {
            Object partner = null;
            boolean found = false;
            for (Object candidate : left) {
                if (fork().same("", each, candidate) == null) {
                    partner = candidate;
                    found = true;
                    break;
                }
            }
            if (!found) {
                return at + ": an element has no partner";
            }
            same(at, each, partner);
            Object taken = partner;
            left.removeIf(candidate -> candidate == taken);
        }
        return null;
    }

    /** An entry, which we made, has no identity. */
    private String same(String at, Object a, Object b) {
        if (a instanceof Object[] entry && entry.length == 2 && b instanceof Object[] other && other.length == 2) {
            String key = differ(at + ".key", entry[0], other[0]);
            return key != null ? key : differ(at + ".value", entry[1], other[1]);
        }
        return differ(at, a, b);
    }

    private String fields(String at, Object a, Object b) {
        for (Class<?> type = a.getClass(); type != null && !isOfTheJdk(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) != 0) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    // a lambda's class is made anew where it is read
                    Field other = type == b.getClass() || type != a.getClass()
                            ? field
                            : b.getClass().getDeclaredField(field.getName());
                    other.setAccessible(true);
                    String difference = differ(at + "." + field.getName(), field.get(a), other.get(b));
                    if (difference != null) {
                        return difference;
                    }
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return null;
    }

    private String throwable(String at, Object a, Object b) {
        Throwable one = (Throwable) a;
        Throwable other = (Throwable) b;
        String cause = differ(at + ".cause", one.getCause(), other.getCause());
        return cause != null
                ? cause
                : java.util.Objects.equals(one.getMessage(), other.getMessage())
                                && one.getSuppressed().length == other.getSuppressed().length
                                && Arrays.equals(one.getStackTrace(), other.getStackTrace())
                        ? null
                        : at + ": another exception";
    }

    /** What collections do differently though they hold the same. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private String behaviour(String at, Object a, Object b) {
        if (a instanceof java.util.SortedMap<?, ?> map) {
            return comparator(at, map.comparator(), ((java.util.SortedMap<?, ?>) b).comparator());
        }
        if (a instanceof java.util.SortedSet<?> set) {
            return comparator(at, set.comparator(), ((java.util.SortedSet<?>) b).comparator());
        }
        if (a instanceof java.util.PriorityQueue<?> queue) {
            return comparator(at, queue.comparator(), ((java.util.PriorityQueue<?>) b).comparator());
        }
        if (a.getClass() == java.util.LinkedHashMap.class && ordersByAccess((Map) a) != ordersByAccess((Map) b)) {
            return at + ": ordered by access, or not";
        }
        if (a.getClass() == java.util.EnumMap.class || a instanceof java.util.EnumSet) {
            return a.equals(b) ? null : at + ": of other keys";
        }
        if (a instanceof java.util.Properties properties) {
            return properties.stringPropertyNames().equals(((java.util.Properties) b).stringPropertyNames())
                    ? null
                    : at + ": other defaults";
        }
        return nulls(a).equals(nulls(b)) ? null : at + ": takes null otherwise";
    }

    private String comparator(String at, Object a, Object b) {
        return a == null || b == null || !isOfTheJdk(a.getClass())
                ? differ(at + ".comparator", a, b)
                : a.getClass() == b.getClass() ? null : at + ": another comparator";
    }

    private static boolean ordersByAccess(Map<Object, Object> map) {
        java.util.LinkedHashMap<Object, Object> copy =
                (java.util.LinkedHashMap<Object, Object>) ((java.util.LinkedHashMap<Object, Object>) map).clone();
        copy.clear();
        copy.put(1, 1);
        copy.put(2, 2);
        copy.get(1);
        return copy.keySet().iterator().next().equals(2);
    }

    private static String nulls(Object container) {
        try {
            return ""
                    + (container instanceof Map<?, ?> map
                            ? map.containsKey(null)
                            : ((Collection<?>) container).contains(null));
        } catch (RuntimeException e) {
            return e.getClass().getName();
        }
    }

    private String value(String at, Object a, Object b) {
        if (a instanceof AtomicReference<?> reference) {
            return differ(at + ".get", reference.get(), ((AtomicReference<?>) b).get());
        }
        if (a instanceof Throwable) {
            return throwable(at, a, b);
        }
        boolean same = switch (a.getClass().getName()) {
            case "java.util.concurrent.atomic.AtomicInteger",
                    "java.util.concurrent.atomic.AtomicLong",
                    "java.util.concurrent.atomic.AtomicBoolean",
                    "java.util.concurrent.atomic.AtomicIntegerArray",
                    "java.util.concurrent.atomic.LongAdder",
                    "java.lang.StringBuilder",
                    "java.lang.StringBuffer",
                    "java.net.URL" -> a.toString().equals(b.toString());
            case "java.util.regex.Pattern" ->
                ((Pattern) a).pattern().equals(((Pattern) b).pattern())
                        && ((Pattern) a).flags() == ((Pattern) b).flags();
            case "java.util.Random" -> ((java.util.Random) a).nextLong() == ((java.util.Random) b).nextLong();
            case "java.util.concurrent.locks.ReentrantLock" -> true;
            default -> a.equals(b);
        };
        return same ? null : at + ": another " + a.getClass().getName();
    }
}
