package dev.holdfast.serializers;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.OutputStream;

/**
 * What the serializers have in common: the kinds of classes that they write, and what becomes of failures. Thread-safe.
 *
 * @param <S> does the work, for one thread at a time
 */
abstract class GraphSerializer<S> implements Serializer {

    private final String name;
    private final Kinds kinds;
    private final Pool<S> sessions;

    GraphSerializer(String name, SerializerLimits limits) {
        this.name = name;
        this.kinds = new Kinds(limits);
        this.sessions = new Pool<>(() -> open(kinds));
    }

    abstract S open(Kinds kinds);

    /** May throw anything. */
    abstract void write(S session, Object value, OutputStream out) throws Exception;

    /** May throw anything, also errors that the bytes bring about. */
    abstract Object read(S session, byte[] bytes, ClassLoader loader) throws Exception;

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final boolean canWrite(Class<?> type) {
        return kinds.of(type) != null;
    }

    @Override
    public final boolean writesJavaState() {
        return true;
    }

    @Override
    public final void write(Object value, OutputStream out) throws IOException {
        S session = sessions.take();
        try {
            write(session, value, out);
        } catch (UnsuitedException e) {
            throw new NotSerializableException(e.getMessage());
        } catch (IOException | RuntimeException e) {
            throw e; // among them what collections throw that another thread changes, by which the caller knows it
        } catch (Exception e) {
            throw new IOException(e);
        }
        sessions.giveBack(session);
    }

    @Override
    public final Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
        byte[] bytes = in.readAllBytes();
        S session = sessions.take();
        Object value;
        try {
            value = read(session, bytes, loader);
        } catch (ClassNotFoundException e) {
            throw e;
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            // whatever hostile bytes, or the code of the classes in them, bring about
            if (e instanceof Exception && survivesFailure(session)) {
                sessions.giveBack(session);
            }
            throw new InvalidObjectException("not what " + name + " wrote: " + namesOf(e));
        }
        sessions.giveBack(session);
        return value;
    }

    /** Whether a session that threw an exception while it read is as good as new. */
    boolean survivesFailure(S session) {
        return false;
    }

    /** Not the exception itself: messages of libraries and of the application's classes may hold values. */
    private static String namesOf(Throwable e) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (each instanceof UnsuitedException ours) { // says a class, and no value
                return String.valueOf(ours.getMessage());
            }
        }
        Throwable cause = e.getCause();
        return e.getClass().getName()
                + (cause == null ? "" : " of " + cause.getClass().getName());
    }
}
