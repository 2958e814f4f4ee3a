package dev.holdfast.serializers;

import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sun.reflect.ReflectionFactory;

/** A class of the application that leaves its serialization to the JDK, which would write its fields and nothing else. */
final class PlainClass extends Kind.Plain {

    private static final Set<String> OWN_WAYS = Set.of("writeReplace", "readResolve", "readObjectNoData");

    private final PlainField[] fields;
    private final int generation;
    private final Constructor<?> constructor;
    private final int[] places;

    private PlainClass(Class<?> type, PlainField[] fields, int generation, Constructor<?> constructor, int[] places) {
        super(type);
        this.fields = fields;
        this.generation = generation;
        this.constructor = constructor;
        this.places = places;
    }

    /**
     * Null for every class of which more must be known: one that says itself how it is serialized, that inherits from the
     * JDK or from a class that is not serializable (its constructor would have to run), that is an inner class (its outer
     * object is a field that no source shows), whose fields cannot be reached, or that has two of one name.
     */
    static @Nullable PlainClass of(Class<?> type) {
        try {
            if (!Serializable.class.isAssignableFrom(type)
                    || Externalizable.class.isAssignableFrom(type)
                    || type.isInterface()
                    || type.isEnum()
                    || type.isArray()
                    || type.isHidden()
                    || type.isSynthetic()
                    || Modifier.isAbstract(type.getModifiers())
                    || java.lang.reflect.Proxy.isProxyClass(type)) {
                return null;
            }
            Class<?> root = type.isRecord() ? Record.class : Object.class;
            List<PlainField> fields = new ArrayList<>();
            for (Class<?> each = type; each != root; each = each.getSuperclass()) {
                if (!Serializable.class.isAssignableFrom(each)
                        || isOfTheJdk(each)
                        || hasItsOwnWay(each)
                        || !collectFields(each, fields)) {
                    return null;
                }
            }
            fields.sort(Comparator.comparing(PlainField::name));
            if (hasTwoOfOneName(fields)) {
                return null;
            }
            PlainField[] sorted = fields.toArray(PlainField[]::new);
            return type.isRecord()
                    ? new PlainClass(
                            type,
                            sorted,
                            0 /* as in Java serialization */,
                            canonicalConstructor(type),
                            places(type, fields))
                    : new PlainClass(type, sorted, generationOf(type), bareConstructor(type), new int[0]);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            return null; // a class that names one which is not here, or one that nobody may look into, for example
        }
    }

    static boolean isOfTheJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private static boolean hasItsOwnWay(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            Class<?>[] parameters = method.getParameterTypes();
            if (parameters.length == 0 && OWN_WAYS.contains(method.getName())
                    || isOne(method, "writeObject", parameters, ObjectOutputStream.class)
                    || isOne(method, "readObject", parameters, ObjectInputStream.class)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOne(Method method, String name, Class<?>[] parameters, Class<?> parameter) {
        return parameters.length == 1
                && parameters[0] == parameter
                && method.getName().equals(name);
    }

    /** False if not all of them can be reached, or are what is written. */
    private static boolean collectFields(Class<?> type, List<PlainField> fields) {
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals("serialPersistentFields")) {
                return false;
            }
            if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                if (field.isSynthetic() || !field.trySetAccessible()) {
                    return false;
                }
                fields.add(PlainField.of(field));
            }
        }
        return true;
    }

    /** What the developer says about compatibility; 0 if nothing. May initialize the class, which is one that is allowed. */
    private static int generationOf(Class<?> type) throws ReflectiveOperationException {
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals("serialVersionUID")
                    && field.getType() == long.class
                    && Modifier.isStatic(field.getModifiers())
                    && Modifier.isFinal(field.getModifiers())) {
                return Long.hashCode(java.io.ObjectStreamClass.lookup(type).getSerialVersionUID());
            }
        }
        return 0;
    }

    private static boolean hasTwoOfOneName(List<PlainField> fields) {
        Set<String> names = new HashSet<>();
        return !fields.stream().allMatch(field -> names.add(field.name()));
    }

    /** Makes an object as Java serialization does: without a constructor of a serializable class. */
    private static Constructor<?> bareConstructor(Class<?> type) throws ReflectiveOperationException {
        return ReflectionFactory.getReflectionFactory()
                .newConstructorForSerialization(type, Object.class.getDeclaredConstructor());
    }

    private static Constructor<?> canonicalConstructor(Class<?> type) throws ReflectiveOperationException {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor;
    }

    /** Where in the constructor's arguments each field belongs. */
    private static int[] places(Class<?> type, List<PlainField> fields) {
        List<String> names = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        return fields.stream().mapToInt(field -> names.indexOf(field.name())).toArray();
    }

    @Override
    PlainField[] fields() {
        return fields;
    }

    @Override
    int generation() {
        return generation;
    }

    boolean isRecord() {
        return type().isRecord();
    }

    int indexOf(PlainField field) {
        return Arrays.asList(fields).indexOf(field);
    }

    /** Not of a record. Initializes the class, runs nothing else of it. */
    Object bare() throws ReflectiveOperationException {
        return constructor.newInstance();
    }

    /** @param values one per field, null where there is none */
    Object record(@Nullable Object[] values) throws ReflectiveOperationException {
        Object[] arguments = new Object[values.length];
        Class<?>[] types = constructor.getParameterTypes();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            arguments[places[i]] = value == null ? zero(types[places[i]]) : value;
        }
        return constructor.newInstance(arguments);
    }

    @SuppressWarnings("NullAway") // an argument that is null, which no annotation of the JDK says
    private static Object zero(Class<?> type) {
        return type.isPrimitive() ? java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0) : null;
    }

    @Override
    char form() {
        return isRecord() ? 'R' : 'P';
    }
}
