package dev.holdfast.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Turns attribute values into bytes and back. Thread-safe. Never silently wrong: what it says it can write comes back
 * equal, or reading fails. Framing, checksums, compression and encryption are the caller's.
 */
public interface Serializer {

    /** What the setting {@code serializer} calls it, and what stored attributes name: {@code [a-z0-9-]}, 1 to 20. Never changes. */
    String name();

    /** Whether it is right about instances of this class. Asked often: remember the answer per class. */
    boolean canWrite(Class<?> type);

    /**
     * Whether what it writes of a value is exactly the state that Java serialization would write. Such values can be
     * compared without being written, and it is noticed when another thread changes them meanwhile.
     */
    default boolean writesJavaState() {
        return false;
    }

    /**
     * Writes one object and all that it refers to.
     *
     * @throws IOException if something in it cannot be written, or would not come back right; with the class at fault in the
     *     message, never a value. The JDK's serializer then writes the whole value: one that was written by two would
     *     come back with two copies of what both refer to
     */
    void write(Object value, OutputStream out) throws IOException;

    /**
     * Reads one object. The bytes are hostile: the limits that the serializer was made with hold.
     *
     * @param loader finds the application's classes
     * @throws IOException if the bytes are not what {@link #write} made, or break a limit
     * @throws ClassNotFoundException if this node lacks a class
     */
    Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException;

    /**
     * Ends what it started, such as threads, so that an application that is undeployed can leave the memory. Nothing is written or
     * read after. Takes a second at the most; called by a thread whose context class loader is the application's.
     */
    default void close() {}
}
