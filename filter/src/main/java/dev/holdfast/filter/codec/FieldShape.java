package dev.holdfast.filter.codec;

import java.io.Externalizable;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Application classes (records too) that leave their serialization to the JDK: looked at field by field, those fields
 * that serialization writes. Thread-safe.
 *
 * <p>A few fields together make one method handle, which the JIT compiles to plain field reads; a handle per field
 * would cost a call that it cannot see through for each of them.
 */
final class FieldShape extends Shape {

    private static final int FIELDS_PER_HANDLE = 8;
    private static final MethodType LOOK = MethodType.methodType(void.class, Walker.class, Object.class);

    private final MethodHandle[] handles;

    private FieldShape(MethodHandle[] handles, boolean madeLast) {
        super(Shapes.newToken(), false, madeLast);
        this.handles = handles;
    }

    /** Null if instances are, or may be, written otherwise than field by field, or fields cannot be read. */
    static @Nullable Shape of(Class<?> type) {
        try {
            if (!Serializable.class.isAssignableFrom(type) || writesItself(type)) {
                return null;
            }
            List<Field> fields = new ArrayList<>();
            return collectFields(type, fields) ? new FieldShape(handles(fields), type.isRecord()) : null;
        } catch (ReflectiveOperationException | LinkageError | SecurityException e) {
            return null; // a class that names one which is not here, for example
        }
    }

    private static boolean writesItself(Class<?> type) {
        if (Externalizable.class.isAssignableFrom(type) || java.lang.reflect.Proxy.isProxyClass(type)) {
            return true;
        }
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            // one of a superclass may be private and not apply: left to the encoding all the same
            if (declares(each, "writeReplace")
                    || Serializable.class.isAssignableFrom(each)
                            && declares(each, "writeObject", ObjectOutputStream.class)) {
                return true;
            }
        }
        return false;
    }

    private static boolean declares(Class<?> type, String name, Class<?>... parameters) {
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(name) && Arrays.equals(method.getParameterTypes(), parameters)) {
                return true;
            }
        }
        return false;
    }

    /** In the order in which Java serialization writes references. False if some cannot be read. */
    private static boolean collectFields(@Nullable Class<?> type, List<Field> fields) {
        if (type == null || !Serializable.class.isAssignableFrom(type)) {
            return true;
        }
        if (!collectFields(type.getSuperclass(), fields)) {
            return false;
        }
        Field[] declared = type.getDeclaredFields();
        Arrays.sort(declared, Comparator.comparing(Field::getName));
        for (Field field : declared) {
            if (field.getName().equals("serialPersistentFields")) {
                return false; // the class says itself what is written
            }
            if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                // the JDK's own fields are its own matter, also where a container's start script opened them
                if (isOfTheJdk(type) || !field.trySetAccessible()) {
                    return false;
                }
                fields.add(field);
            }
        }
        return true;
    }

    private static boolean isOfTheJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private static MethodHandle[] handles(List<Field> fields) throws ReflectiveOperationException {
        List<MethodHandle> handles = new ArrayList<>();
        for (int from = 0; from < fields.size(); from += FIELDS_PER_HANDLE) {
            MethodHandle all = null;
            for (Field field : fields.subList(from, Math.min(fields.size(), from + FIELDS_PER_HANDLE))) {
                MethodHandle one = handle(field);
                all = all == null ? one : MethodHandles.foldArguments(one, all);
            }
            handles.add(all);
        }
        return handles.toArray(MethodHandle[]::new);
    }

    private static MethodHandle handle(Field field) throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        Class<?> type = field.getType();
        String name = type == String.class ? "text" : type.isPrimitive() ? "number" : "reference";
        Class<?> takes = !type.isPrimitive()
                ? (type == String.class ? String.class : Object.class)
                : type == float.class || type == double.class || type == boolean.class ? type : long.class;
        MethodHandle look = lookup.findVirtual(Walker.class, name, MethodType.methodType(void.class, takes));
        MethodHandle read = lookup.unreflectGetter(field).asType(MethodType.methodType(takes, Object.class));
        return MethodHandles.filterArguments(look, 1, read).asType(LOOK);
    }

    @Override
    void look(Object object, Walker walker) {
        try {
            for (MethodHandle handle : handles) {
                handle.invokeExact(walker, object);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("reading a field", e); // field reads declare none
        }
    }
}
