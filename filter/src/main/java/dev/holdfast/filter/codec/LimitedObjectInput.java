package dev.holdfast.filter.codec;

import dev.holdfast.spi.DecodingTime;
import dev.holdfast.spi.SerializerLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Map;

/**
 * Reads objects out of bytes that may be hostile: no class is loaded before its name was allowed, none is found but by
 * the given loader, and no array is made that this many bytes could not fill, and no time is spent that they are not worth. For one thread.
 */
final class LimitedObjectInput extends ObjectInputStream {

    private static final Map<String, Class<?>> PRIMITIVES = Map.of(
            "boolean", boolean.class,
            "byte", byte.class,
            "char", char.class,
            "short", short.class,
            "int", int.class,
            "long", long.class,
            "float", float.class,
            "double", double.class,
            "void", void.class);

    private final ClassLoader loader;
    private final SerializerLimits limits;

    /**
     * How many array elements all arrays together may still have. Every element of a real array takes a byte or more, and
     * an entry of a hash table at least two for at most eight places in its table: without this, a few nested arrays
     * that each claim the greatest length allowed would take gigabytes before the bytes turn out to be too few.
     */
    private long placesLeft;

    private final DecodingTime time;

    LimitedObjectInput(InputStream in, int length, ClassLoader loader, SerializerLimits limits) throws IOException {
        super(in);
        this.loader = loader;
        this.limits = limits;
        this.time = new DecodingTime(limits.maxTime());
        this.placesLeft = 64 + 8L * length;
        setObjectInputFilter(this::check);
    }

    private ObjectInputFilter.Status check(ObjectInputFilter.FilterInfo info) {
        if (info.depth() > limits.maxDepth() || info.references() > limits.maxReferences() || time.isOver()) {
            return ObjectInputFilter.Status.REJECTED;
        }
        if (info.arrayLength() >= 0 && !takePlaces(info.arrayLength())) {
            return ObjectInputFilter.Status.REJECTED;
        }
        // ALLOWED would overrule a filter that the operator gave to the JVM, where the two are merged
        return ObjectInputFilter.Status.UNDECIDED;
    }

    private boolean takePlaces(long length) {
        placesLeft -= length;
        return length <= limits.maxArrayLength() && placesLeft >= 0;
    }

    /** For an array that a class of ours is about to make. */
    void requirePlaces(int length) throws InvalidClassException {
        if (!takePlaces(length)) {
            throw new InvalidClassException("longer than the bytes or the limits");
        }
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass described) throws IOException, ClassNotFoundException {
        String name = described.getName();
        Class<?> primitive = PRIMITIVES.get(name);
        if (primitive != null) {
            return primitive;
        }
        requireAllowed(name);
        return name.equals(CollSer.REPLACED) ? CollSer.class : Class.forName(name, false, loader);
    }

    @Override
    protected Class<?> resolveProxyClass(String[] names) throws IOException, ClassNotFoundException {
        Class<?>[] interfaces = new Class<?>[names.length];
        ClassLoader home = loader;
        for (int i = 0; i < names.length; i++) {
            requireAllowed(names[i]);
            interfaces[i] = Class.forName(names[i], false, loader);
            // a proxy of an interface that is not public must live where the interface does
            if (!Modifier.isPublic(interfaces[i].getModifiers())) {
                home = interfaces[i].getClassLoader();
            }
        }
        try {
            return Proxy.newProxyInstance(home, interfaces, (proxy, method, arguments) -> null)
                    .getClass();
        } catch (IllegalArgumentException e) {
            throw new ClassNotFoundException("no proxy of these interfaces", e);
        }
    }

    private void requireAllowed(String name) throws InvalidClassException {
        if (!isPrimitiveArray(name) && !limits.allowedClass().test(elementOf(name))) {
            throw new InvalidClassException("allow-classes does not name the class");
        }
    }

    private static boolean isPrimitiveArray(String name) {
        return name.startsWith("[") && !name.endsWith(";");
    }

    /** Of {@code [[Lcom.acme.Cart;} the class. */
    private static String elementOf(String name) {
        return name.startsWith("[") ? name.substring(name.indexOf('L') + 1, name.length() - 1) : name;
    }
}
