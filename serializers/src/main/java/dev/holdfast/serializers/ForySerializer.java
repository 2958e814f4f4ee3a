package dev.holdfast.serializers;

import dev.holdfast.spi.SerializerLimits;
import java.io.OutputStream;
import java.time.ZonedDateTime;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.fory.Fory;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.exception.ForyException;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.serializer.ImmutableSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Values as Fory writes them with its own serializers, which it compiles for each class. A value is looked at before it is
 * written and after it was read: only one all of whose objects are of the classes in {@link Kinds} is. Thread-safe.
 *
 * <p>Unlike the JDK's, Fory runs a constructor without parameters where a class has one; and it converts the values of
 * fields that have another type now, where nothing is lost.
 */
final class ForySerializer extends GraphSerializer<ForySerializer.Session> {

    /** The most that reading one value may allocate for objects, as Fory counts. */
    private static final long MAX_GRAPH_BYTES = 64 << 20;

    /** Fory 1.6 loses the extensions of a locale, and which of the two hours it is when clocks are set back. */
    private static final List<Class<?>> WRONG_BY_FORY = List.of(Locale.class, ZonedDateTime.class);

    private static final int MAX_REMEMBERED = 1000;
    private static final int FAILURES_OF_A_FORY = 1000;

    private final SerializerLimits limits;
    private final Set<Class<?>> refusedByFory = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean usesCleaner = new AtomicBoolean();

    ForySerializer(SerializerLimits limits) {
        super(ForyProvider.NAME, limits);
        this.limits = limits;
    }

    @Override
    Session open(Kinds kinds) {
        return new Session(kinds);
    }

    @Override
    void write(Session session, Object value, OutputStream out) throws Exception {
        if (refusedByFory.contains(value.getClass())) {
            throw new UnsuitedException(value.getClass(), "is refused by Fory");
        }
        session.walk.over(value);
        byte[] bytes;
        try {
            bytes = session.foryForWriting().serialize(value);
        } catch (ForyException e) {
            // not asked again: a Fory is not to be used after a failure, and to make one takes long
            if (refusedByFory.size() < MAX_REMEMBERED) {
                refusedByFory.add(value.getClass());
            }
            throw new UnsuitedException(value.getClass(), "is refused by Fory");
        }
        out.write(bytes);
    }

    @Override
    Object read(Session session, byte[] bytes, ClassLoader loader) throws Exception {
        MemoryBuffer buffer = MemoryBuffer.fromByteArray(bytes);
        Fory fory = session.fory(loader);
        session.reading = new Reading(ReadClasses.NONE, limits, bytes.length);
        Object value = fory.deserialize(buffer);
        session.reading = null;
        if (value == null || buffer.remaining() != 0) {
            throw ByteSource.malformed();
        }
        session.walk.over(value);
        return value;
    }

    /** A Fory does, and takes long to make: hostile bytes must not cost that each time. */
    @Override
    boolean survivesFailure(Session session) {
        return session.failedOnce();
    }

    @Override
    public void close() {
        if (usesCleaner.compareAndSet(true, false)) {
            ForyCleaner.release();
        }
    }

    /** A Fory for the loader that was asked for last. */
    final class Session {

        private final Kinds kinds;
        private GraphWalk walk;
        private @Nullable Reading reading;
        private int failures;
        private @Nullable ClassLoader loader;
        private @Nullable Fory fory;

        Session(Kinds kinds) {
            this.kinds = kinds;
            this.walk = new GraphWalk(kinds);
        }

        /** False at last: what Fory remembers of each class that bytes describe is limited, and must not be used up. */
        boolean failedOnce() {
            walk = new GraphWalk(kinds);
            return ++failures < FAILURES_OF_A_FORY;
        }

        /** Of the value that is being read. */
        Reading reading() {
            return Objects.requireNonNull(reading);
        }

        GraphWalk walk() {
            return walk;
        }

        Fory fory(ClassLoader wanted) {
            Fory usable = fory;
            if (usable == null || wanted != loader) {
                loader = wanted;
                usable = make(wanted);
                fory = usable;
            }
            return usable;
        }

        /** Which loader it has does not matter: who writes has the classes. */
        Fory foryForWriting() {
            Iterator<ClassLoader> found = walk.loaders().iterator();
            return fory(
                    loader != null ? loader : found.hasNext() ? found.next() : ForySerializer.class.getClassLoader());
        }

        private Fory make(ClassLoader finds) {
            if (usesCleaner.compareAndSet(false, true)) {
                ForyCleaner.use();
            }
            Fory made = Fory.builder()
                    .withXlang(false)
                    .withCompatible(true)
                    .withRefTracking(true)
                    .ignoreStringRef(true)
                    .ignoreTimeRef(false)
                    .serializeEnumByName(true)
                    .withDeserializeUnknownClass(false)
                    .requireClassRegistration(false)
                    .suppressClassRegistrationWarnings(true)
                    .withTypeChecker((resolver, name) -> mayBeNamed(name, finds))
                    .withClassLoader(finds)
                    .withMaxDepth(Math.max(2, limits.maxDepth()))
                    .withMaxGraphMemoryBytes(MAX_GRAPH_BYTES)
                    .build();
            for (Class<?> type : WRONG_BY_FORY) {
                made.registerSerializer(
                        type, new ByOurKind(made.getConfig(), type, (Kind.Scalar) kinds.ofTheJdk(type)));
            }
            new ForyContainers(kinds, this).replaceIn(made);
            return made;
        }

        /** Fory asks about classes of objects, and about types of fields; once, and not again when it reads what it wrote. */
        private boolean mayBeNamed(String name, ClassLoader finds) {
            try {
                return kinds.mayBeType(name, finds);
            } catch (ClassNotFoundException e) {
                return mayBeNamedByWalk(name);
            }
        }

        private boolean mayBeNamedByWalk(String name) {
            for (ClassLoader each : walk.loaders()) {
                try {
                    return kinds.mayBeType(name, each);
                } catch (ClassNotFoundException e) {
                    // perhaps the next one has it
                }
            }
            return false;
        }
    }

    /** A value of the JDK in our own form. */
    private static final class ByOurKind extends ImmutableSerializer<Object> {

        private final Kind.Scalar kind;

        @SuppressWarnings("unchecked")
        ByOurKind(Config config, Class<?> type, Kind.Scalar kind) {
            super(config, (Class<Object>) type);
            this.kind = kind;
        }

        @Override
        public void write(WriteContext context, Object value) {
            ByteSink out = new ByteSink();
            kind.write(value, out);
            context.getBuffer().writeBytesWithSize(out.toByteArray());
        }

        @Override
        public Object read(ReadContext context) {
            byte[] bytes = context.getBuffer().readBytesAndSize();
            return kind.read(new ByteSource(bytes, 0, bytes.length));
        }
    }
}
