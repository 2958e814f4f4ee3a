package dev.holdfast.filter.codec;

import dev.holdfast.spi.Serializer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.NotSerializableException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Attribute values in {@link Envelope}s: simple values in our own form, everything else by the chosen serializer, or by
 * the JDK's where the chosen one would not be right about a class. Thread-safe.
 *
 * <p>A value that another thread changes while it is being encoded is encoded anew, a few times; then encoding fails. That
 * it was changed is seen by the exceptions of the collections and, where its {@link Fingerprints fingerprint} can be
 * taken, by comparing it before and after: a {@code HashMap} writes its size and its entries without noticing that they
 * do not belong together. Not seen are a change that is taken back within the same encoding, and, in values without a
 * fingerprint, changes that no exception tells of.
 */
public final class EnvelopeCodec implements AttributeCodec {

    private static final int TRIES = 5;
    private static final long PAUSE_NANOS = 50_000;
    private static final Pattern CLASS_NAME = Pattern.compile("[\\p{Alnum}_.$/\\[;]{1,300}");

    private final Serializer chosen;
    private final Serializer jdk;
    private final Map<String, Serializer> readers = new HashMap<>();
    private final ClassLoader loader;
    private final Sizes sizes;
    private final Fingerprints fingerprints = new Fingerprints();

    /**
     * @param chosen writes what is no simple value, where it can
     * @param all every serializer whose values can be read, by name; among them {@code jdk}, which writes what the chosen
     *     one cannot. All were made with the limits that hold here
     * @param loader finds the application's classes, whichever thread asks
     */
    public EnvelopeCodec(Serializer chosen, Collection<Serializer> all, ClassLoader loader, Sizes sizes) {
        all.forEach(each -> readers.put(each.name(), each));
        readers.put(chosen.name(), chosen);
        this.chosen = chosen;
        this.jdk = Objects.requireNonNull(readers.get(JdkSerializer.NAME), "no serializer named jdk");
        this.loader = loader;
        this.sizes = sizes;
    }

    /**
     * @param compressAbove encodings longer than so many bytes are compressed, if that makes them shorter;
     *     {@link Integer#MAX_VALUE}: none
     * @param most the longest encoding of one value, before compression
     */
    public record Sizes(int compressAbove, int most) {}

    @Override
    public boolean canTravel(Object value) {
        return SimpleValues.of(value) != null || writerOf(value) != null;
    }

    private @Nullable Serializer writerOf(Object value) {
        if (chosen.canWrite(value.getClass())) {
            return chosen;
        }
        return jdk.canWrite(value.getClass()) ? jdk : null;
    }

    @Override
    public byte[] encode(String name, Object value) {
        return encodeAndLook(name, value).bytes();
    }

    @Override
    public Encoded encodeAndLook(String name, Object value) {
        return compressed(encodePlain(name, value));
    }

    /** What is compared is not compressed: who finds nothing new has not compressed in vain. */
    private Encoded compressed(Encoded plain) {
        return new Encoded(Envelope.compress(plain.bytes(), sizes.compressAbove()), plain.baseline());
    }

    private Encoded encodePlain(String name, Object value) {
        Throwable torn = null;
        for (int tries = 0; tries < TRIES; tries++) {
            try {
                Encoded encoded = encodeOnce(value);
                if (encoded != null) {
                    return encoded;
                }
            } catch (ConcurrentModificationException
                    | IndexOutOfBoundsException
                    | NegativeArraySizeException
                    | NoSuchElementException
                    | NullPointerException e) {
                torn = e; // what collections throw that another thread changes
            } catch (Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
                throw new EncodingException(at(name, value) + ": " + reason(e), e);
            }
            LockSupport.parkNanos(PAUSE_NANOS); // lets the other thread finish its change
        }
        throw new EncodingException(
                at(name, value) + ": changed by another thread in each of " + TRIES + " tries",
                torn != null ? torn : new ConcurrentModificationException());
    }

    /** Null if the value was seen to change meanwhile. */
    private @Nullable Encoded encodeOnce(Object value) throws Exception {
        SimpleValues.Kind<?> kind = SimpleValues.of(value);
        if (kind != null) {
            byte[] bytes = simple(kind, value);
            return new Encoded(bytes, kind.immutable() ? UNCHANGING : new EncodedBaseline(EncodedLook.of(bytes)));
        }
        Serializer writer = writerOf(value);
        if (writer == null) {
            throw new NotSerializableException(value.getClass().getName());
        }
        long before = isLookedAt(writer) ? fingerprints.beforeWriting(value) : Fingerprints.NONE;
        byte[] bytes = written(writer, value);
        if (before == Fingerprints.NONE) {
            return new Encoded(bytes, new EncodedBaseline(EncodedLook.of(bytes)));
        }
        return before == fingerprints.of(value) ? new Encoded(bytes, new FingerprintBaseline(before)) : null;
    }

    private byte[] simple(SimpleValues.Kind<?> kind, Object value) {
        ByteSink out = Envelope.open(kind.id(), sizes.most());
        kind.write(value, out);
        return Envelope.seal(out);
    }

    /** What a serializer finds in a value that it is not right about, the JDK's writes in its place: the whole value. */
    private byte[] written(Serializer writer, Object value) throws Exception {
        try {
            return bySerializer(writer, value);
        } catch (IOException e) {
            if (writer == jdk || !jdk.canWrite(value.getClass())) {
                throw e;
            }
            return bySerializer(jdk, value);
        }
    }

    private byte[] bySerializer(Serializer writer, Object value) throws Exception {
        ByteSink out = Envelope.open(writer.name(), sizes.most());
        writer.write(value, out);
        return Envelope.seal(out);
    }

    /** The fingerprint follows the rules of Java serialization; another serializer may write what that leaves out. */
    private long look(Serializer writer, Object value) {
        return isLookedAt(writer) ? fingerprints.of(value) : Fingerprints.NONE;
    }

    private boolean isLookedAt(Serializer writer) {
        return writer == jdk || writer.writesJavaState();
    }

    private static String at(String name, Object value) {
        return "cannot encode attribute '" + name + "' (" + value.getClass().getName() + ")";
    }

    /** Of a message that was not written here only what can be a class name: another could hold a value. */
    private static String reason(Throwable e) {
        for (Throwable cause = e;
                cause != null;
                cause = cause.getCause()) { // serializers wrap what their output throws
            if (cause instanceof ByteSink.FullException full) {
                return "its encoding has more than the " + full.getMessage() + " bytes that max-session-size allows";
            }
        }
        String named = e instanceof InvalidClassException invalid ? invalid.classname : e.getMessage();
        String of = named != null && CLASS_NAME.matcher(named).matches() ? " of " + named : "";
        if (e instanceof NotSerializableException) {
            return "an object" + of + " is not serializable";
        }
        if (e instanceof LeadsBackException) {
            return "an object" + of + " refers to itself by what it holds, and could not be read again";
        }
        if (e instanceof InvalidClassException) {
            return "an object" + of + " is not allowed, or breaks a limit";
        }
        if (e instanceof StackOverflowError) {
            return "objects nested too deep";
        }
        return e.getClass().getName();
    }

    @Override
    public Object decode(byte[] bytes) throws UndecodableException {
        Envelope envelope = Envelope.read(bytes, sizes.most());
        String serializer = envelope.serializer();
        return serializer == null ? readSimple(envelope) : readBySerializer(serializer, envelope.payload());
    }

    private static Object readSimple(Envelope envelope) throws UndecodableException {
        SimpleValues.Kind<?> kind = SimpleValues.of(envelope.kind());
        if (kind == null) {
            throw new UndecodableException("kind " + envelope.kind() + " of simple value is not known", null);
        }
        try {
            Object value = kind.read(envelope.payload());
            if (envelope.payload().hasRemaining()) {
                throw new UndecodableException(
                        "too many bytes for " + kind.type().getSimpleName(), null);
            }
            return value;
        } catch (BufferUnderflowException | DateTimeException | IllegalArgumentException | ArithmeticException e) {
            // without the cause: its message may hold the value
            throw new UndecodableException("not the bytes of " + kind.type().getSimpleName(), null);
        }
    }

    private Object readBySerializer(String name, ByteBuffer payload) throws UndecodableException {
        Serializer reader = readers.get(name);
        if (reader == null) {
            throw new UndecodableException(
                    "written by a serializer that is not here"
                            + (CLASS_NAME.matcher(name).matches() ? ": " + name : ""),
                    null);
        }
        try {
            return reader.read(
                    new ByteArrayInputStream(
                            payload.array(), payload.arrayOffset() + payload.position(), payload.remaining()),
                    loader);
        } catch (ClassNotFoundException e) {
            throw new UndecodableException("this node lacks a class" + named(e), e);
        } catch (InvalidClassException e) {
            throw new UndecodableException("a class differs, is not allowed, or a limit is broken", e);
        } catch (Throwable e) {
            // Whatever bytes from outside bring about: errors of linking, of the stack, of memory, or one that the
            // application's own readObject throws. A value is unreadable then; the request must not die of it.
            throw new UndecodableException(
                    "the serializer " + name + " failed: " + e.getClass().getName(), e);
        }
    }

    /** Closes the serializers. Nothing is encoded or decoded after. */
    public void close() {
        readers.values().forEach(Serializer::close);
    }

    private static String named(ClassNotFoundException e) {
        String message = e.getMessage();
        return message != null && CLASS_NAME.matcher(message).matches() ? ": " + message : "";
    }

    @Override
    public boolean isImmutable(Object value) {
        return value instanceof Enum<?> || SimpleValues.isImmutable(value.getClass());
    }

    @Override
    public @Nullable Baseline baseline(Object value) {
        if (isImmutable(value)) {
            return UNCHANGING;
        }
        try {
            SimpleValues.Kind<?> kind = SimpleValues.of(value);
            if (kind != null) {
                return new EncodedBaseline(EncodedLook.of(simple(kind, value)));
            }
            Serializer writer = writerOf(value);
            if (writer == null) {
                return null;
            }
            long look = look(writer, value);
            return look != Fingerprints.NONE
                    ? new FingerprintBaseline(look)
                    : new EncodedBaseline(EncodedLook.of(written(writer, value)));
        } catch (Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
            return null; // the same will be met, and named, by the encoding of a save
        }
    }

    @Override
    public @Nullable Encoded encodeIfDifferent(String name, Object value, Baseline since) {
        if (since instanceof EncodedBaseline earlier) {
            // its comparison is an encoding, which must not be done a second time for the save
            Encoded now = encodePlain(name, value);
            return now.baseline() instanceof EncodedBaseline look && look.look.equals(earlier.look)
                    ? null
                    : compressed(now);
        }
        return since.differs(value) ? encodeAndLook(name, value) : null;
    }

    private static final Baseline UNCHANGING = value -> false;

    private final class FingerprintBaseline implements Baseline {

        private final long fingerprint;

        FingerprintBaseline(long fingerprint) {
            this.fingerprint = fingerprint;
        }

        @Override
        public boolean differs(Object value) {
            try {
                return fingerprints.of(value) != fingerprint;
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                return true; // it is being changed at this moment
            }
        }
    }

    private final class EncodedBaseline implements Baseline {

        private final EncodedLook look;

        EncodedBaseline(EncodedLook look) {
            this.look = look;
        }

        @Override
        public boolean differs(Object value) {
            return !(baseline(value) instanceof EncodedBaseline now && now.look.equals(look));
        }
    }
}
