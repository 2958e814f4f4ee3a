package dev.holdfast.filter.codec;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;

/**
 * Java serialization, with the limits on both sides: what could not be read back is refused when it is written. Works as
 * the JDK does, {@code Externalizable}, {@code writeReplace} and {@code readResolve} included. Thread-safe.
 */
final class JdkSerializer implements Serializer {

    static final String NAME = "jdk";

    private final SerializerLimits limits;

    JdkSerializer(SerializerLimits limits) {
        this.limits = limits;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean canWrite(Class<?> type) {
        return Serializable.class.isAssignableFrom(type) && isAllowed(type);
    }

    private boolean isAllowed(Class<?> type) {
        Class<?> element = elementOf(type);
        return element.isPrimitive() || java.lang.reflect.Proxy.isProxyClass(element) || allows(element.getName());
    }

    private boolean allows(String className) {
        return limits.allowedClass().test(className);
    }

    private static Class<?> elementOf(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element;
    }

    @Override
    public void write(Object value, OutputStream out) throws IOException {
        try (LimitedOutput stream = new LimitedOutput(out)) {
            stream.writeObject(value);
        }
    }

    @Override
    public Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
        // all of them first: how many bytes there are bounds what they can ask for
        byte[] bytes = in.readAllBytes();
        try (LimitedObjectInput stream =
                new LimitedObjectInput(new ByteArrayInputStream(bytes), bytes.length, loader, limits)) {
            Object value = stream.readObject();
            if (value == null) {
                throw new InvalidClassException("null where a value was written");
            }
            return value;
        }
    }

    /** Refuses what {@link LimitedObjectInput} with the same limits would. */
    private final class LimitedOutput extends ObjectOutputStream {

        /** How often the depth is looked at; between two looks it cannot grow by more than this many objects. */
        private static final int LOOK_EVERY = 128;

        private long objects;
        private boolean refused;

        LimitedOutput(OutputStream out) throws IOException {
            super(out);
            enableReplaceObject(true); // it is asked once per object, which is how we count them
        }

        @Override
        protected Object replaceObject(Object object) throws IOException {
            objects++;
            if (objects > limits.maxReferences() / 2) { // the reader also counts class descriptions and their strings
                throw new InvalidClassException("more than " + limits.maxReferences() / 2 + " objects in one value");
            }
            if (objects % LOOK_EVERY == 0 && depth() > limits.maxDepth() - LOOK_EVERY) {
                throw new InvalidClassException("objects nested almost " + limits.maxDepth() + " deep");
            }
            if (object.getClass().isArray() && lengthOf(object) > limits.maxArrayLength()) {
                throw new InvalidClassException("an array of more than " + limits.maxArrayLength());
            }
            return object;
        }

        /** The stream does not tell, but each level of it is one call of this method, since Java 1.4 up to 25. */
        private long depth() {
            return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                    .walk(frames -> frames.filter(frame -> frame.getMethodName().equals("writeObject0")
                                    && frame.getDeclaringClass() == ObjectOutputStream.class)
                            .count());
        }

        private int lengthOf(Object array) {
            return java.lang.reflect.Array.getLength(array);
        }

        @Override
        protected void annotateClass(Class<?> type) throws IOException {
            if (!refused && !isAllowed(type)) {
                // the JDK writes the exception itself into the stream next, which must not be refused in its place
                refused = true;
                throw new InvalidClassException(elementOf(type).getName(), "allow-classes does not name it");
            }
        }

        @Override
        protected void annotateProxyClass(Class<?> type) throws IOException {
            for (Class<?> each : type.getInterfaces()) {
                annotateClass(each);
            }
        }
    }
}
