package dev.holdfast.filter.container;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls public methods of objects whose classes may not be named here: Jetty hides its classes from web applications, and
 * Tomcat's are not on everybody's class path.
 *
 * <p>Nothing is made accessible by force. A method is called through a public type that declares it, because the object's own
 * class is often not public, and then even its public methods refuse.
 */
final class Reflected {

    private Reflected() {}

    /**
     * What a public method without parameters answers.
     *
     * @throws UnreadableException if there is no such method to be called, or it throws
     */
    static @Nullable Object call(Object target, String method) throws UnreadableException {
        return invoke(target, find(target.getClass(), method), method);
    }

    /**
     * Hands an array to a setter that takes arrays of its class.
     *
     * @throws UnreadableException if there is no such method to be called, or it throws
     */
    static void set(Object target, String method, Object[] value) throws UnreadableException {
        // the cast keeps the array from being taken for a list of arguments
        invoke(target, find(target.getClass(), method, value.getClass()), method, (Object) value);
    }

    private static @Nullable Object invoke(Object target, @Nullable Method found, String method, Object... arguments)
            throws UnreadableException {
        if (found == null) {
            throw new UnreadableException(target.getClass().getName() + " has no public method " + method + "()", null);
        }
        try {
            return found.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw new UnreadableException(
                    target.getClass().getName() + "." + method + "() threw " + e.getCause(), e.getCause());
        } catch (IllegalAccessException | IllegalArgumentException e) {
            throw new UnreadableException(target.getClass().getName() + "." + method + "() may not be called: " + e, e);
        }
    }

    /** The same, where null means that what was looked for is not there. */
    static Object get(Object target, String method) throws UnreadableException {
        Object answer = call(target, method);
        if (answer == null) {
            throw new UnreadableException(target.getClass().getName() + "." + method + "() is null", null);
        }
        return answer;
    }

    static boolean has(Object target, String method) {
        return find(target.getClass(), method) != null;
    }

    /** A boolean method's answer. */
    static boolean is(Object target, String method) throws UnreadableException {
        if (get(target, method) instanceof Boolean answer) {
            return answer;
        }
        throw new UnreadableException(target.getClass().getName() + "." + method + "() is not a boolean", null);
    }

    /** A text; empty counts as not set. */
    static @Nullable String text(Object target, String method) throws UnreadableException {
        Object answer = call(target, method);
        if (answer == null) {
            return null;
        }
        if (answer instanceof String text) {
            return text.isEmpty() ? null : text;
        }
        throw new UnreadableException(target.getClass().getName() + "." + method + "() is not a text", null);
    }

    private static @Nullable Method find(Class<?> start, String name, Class<?>... parameters) {
        Deque<Class<?>> open = new ArrayDeque<>();
        Set<Class<?>> seen = new HashSet<>();
        open.add(start);
        while (!open.isEmpty()) {
            Class<?> type = open.removeFirst();
            if (!seen.add(type)) {
                continue;
            }
            if (isReachable(type)) {
                try {
                    Method method = type.getMethod(name, parameters);
                    if (isReachable(method.getDeclaringClass()) && !Modifier.isStatic(method.getModifiers())) {
                        return method;
                    }
                } catch (NoSuchMethodException e) {
                    // the search goes on: a public method is also inherited by a public subtype, but not the other way
                    // round
                } catch (LinkageError e) {
                    // a type of the container with signatures that cannot be loaded here: its supertypes may do
                }
            }
            Class<?> parent = type.getSuperclass();
            if (parent != null) {
                open.add(parent);
            }
            for (Class<?> each : type.getInterfaces()) {
                open.add(each);
            }
        }
        return null;
    }

    private static boolean isReachable(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && type.getModule().isExported(type.getPackageName(), Reflected.class.getModule());
    }
}
