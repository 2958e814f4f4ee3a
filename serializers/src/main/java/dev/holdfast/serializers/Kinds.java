package dev.holdfast.serializers;

import dev.holdfast.spi.SerializerLimits;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Which kind each class is, if it is one that comes back right and that the limits allow: decided once, when the class is
 * first seen. Thread-safe.
 */
final class Kinds {

    /** Applications that make classes without end must not fill the memory. */
    private static final int MAX_REMEMBERED = 20_000;

    private static final int MAX_DIMENSIONS = 16;

    private final SerializerLimits limits;
    private final Map<Class<?>, Kind> ofTheJdk = new HashMap<>();
    private final Map<Integer, Kind> byAlias = new HashMap<>();

    /**
     * Lives and dies with the filter, like the application's classes in it. Not a ClassValue: that would hang our kinds, and
     * with them our class loader, on classes of the container, where they outlive the application.
     */
    private final ConcurrentMap<Class<?>, Decision> decisions = new ConcurrentHashMap<>();

    private record Decision(@Nullable Kind kind) {}

    Kinds(SerializerLimits limits) {
        this.limits = limits;
        ofTheJdk.putAll(Scalars.all());
        ofTheJdk.putAll(Containers.all());
        ofTheJdk.values().forEach(kind -> byAlias.putIfAbsent(kind.alias(), kind));
    }

    /** Null if another serializer must write instances of it. */
    @Nullable
    Kind of(Class<?> type) {
        Decision known = decisions.get(type);
        if (known == null) {
            if (decisions.size() >= MAX_REMEMBERED) {
                decisions.clear();
            }
            known = new Decision(decide(type));
            decisions.put(type, known);
        }
        return known.kind();
    }

    /** @throws UnsuitedException if another serializer must write instances of it */
    Kind require(Class<?> type) {
        Kind kind = of(type);
        if (kind == null) {
            throw new UnsuitedException(type, "is not of a kind that always comes back right");
        }
        return kind;
    }

    /** One that is there whatever the limits say. */
    Kind ofTheJdk(Class<?> type) {
        return Objects.requireNonNull(ofTheJdk.get(type));
    }

    /** All that are there whatever the limits say. */
    Map<Class<?>, Kind> ofTheJdk() {
        return Collections.unmodifiableMap(ofTheJdk);
    }

    /** @throws IllegalArgumentException if there is none, or the limits do not allow it */
    Kind ofAlias(int alias) {
        Kind kind = byAlias.get(alias);
        if (kind == null || !isAllowed(kind.type())) {
            throw ByteSource.malformed();
        }
        return kind;
    }

    private @Nullable Kind decide(Class<?> type) {
        if (Enum.class.isAssignableFrom(type) && type != Enum.class) {
            // a constant with a body is of a class of its own
            Class<?> declaring = type.isEnum() ? type : type.getSuperclass();
            return declaring.isEnum() && isAllowed(declaring) ? new Kind.Constant(declaring) : null;
        }
        if (!isAllowed(type)) {
            return null;
        }
        Kind known = ofTheJdk.get(type);
        if (known != null) {
            return known;
        }
        return type.isArray() ? new Kind.ObjectArray(type) : PlainClass.of(type);
    }

    private boolean isAllowed(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element.isPrimitive() || limits.allowedClass().test(element.getName());
    }

    /**
     * Finds a class by the name in bytes that may be hostile. It is not initialized.
     *
     * @throws UnsuitedException if it is not allowed, or is of no kind here
     */
    Kind named(String name, ClassLoader loader) throws ClassNotFoundException {
        return require(find(name, loader));
    }

    /** Whether a field may be of this type: another class would never be that of an object here, or is not allowed. */
    boolean mayBeType(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element.isPrimitive()
                || element == Object.class
                || Modifier.isAbstract(element.getModifiers()) && isAllowed(element)
                || of(element) != null;
    }

    /**
     * Finds a class by the name in bytes that may be hostile, if a field may be of this type. It is not initialized.
     *
     * @throws UnsuitedException if it is not allowed
     */
    boolean mayBeType(String name, ClassLoader loader) throws ClassNotFoundException {
        return mayBeType(find(name, loader));
    }

    private Class<?> find(String name, ClassLoader loader) throws ClassNotFoundException {
        int dimensions = 0;
        while (dimensions < name.length() && name.charAt(dimensions) == '[') {
            dimensions++;
        }
        boolean primitives = dimensions > 0 && !name.endsWith(";");
        if (dimensions > MAX_DIMENSIONS || !primitives && !limits.allowedClass().test(elementOf(name, dimensions))) {
            throw new UnsuitedException(Object.class, "a class that is not allowed");
        }
        return Class.forName(name, false, loader);
    }

    /** Of {@code [[Lcom.acme.Cart;} the class. */
    private static String elementOf(String name, int dimensions) {
        return dimensions == 0 ? name : name.substring(dimensions + 1, name.length() - 1);
    }

    SerializerLimits limits() {
        return limits;
    }
}
