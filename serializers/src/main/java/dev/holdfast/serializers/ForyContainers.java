package dev.holdfast.serializers;

import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.Map;
import org.apache.fory.Fory;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.resolver.ClassResolver;
import org.apache.fory.resolver.TypeResolver;
import org.apache.fory.serializer.collection.CollectionLikeSerializer;
import org.apache.fory.serializer.collection.MapLikeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Containers that ask what they hold for its hash, or compare it, as Fory is to read them: what it puts into a table it asks
 * at once, without end where few bytes describe sets within sets, and nobody could end that. Here each key is
 * looked at before it is asked, and the time after.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // as Fory's own
final class ForyContainers {

    private final Kinds kinds;
    private final ForySerializer.Session session;

    ForyContainers(Kinds kinds, ForySerializer.Session session) {
        this.kinds = kinds;
        this.session = session;
    }

    /** To be called before it writes or reads. */
    void replaceIn(Fory fory) {
        TypeResolver resolver = fory.getTypeResolver();
        // those that bytes can name by a number, without a question, and that would ask their keys unseen
        for (Class<?> each : ((ClassResolver) resolver).getRegisteredClasses()) {
            if (!kinds.ofTheJdk().containsKey(each) && isContainer(each)) {
                replace(fory, resolver, each, null);
            }
        }
        kinds.ofTheJdk().forEach((type, kind) -> {
            if (kind instanceof Kind.Container container && container.asksElements()) {
                replace(fory, resolver, type, container);
            }
        });
    }

    private static boolean isContainer(Class<?> type) {
        return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
    }

    private void replace(Fory fory, TypeResolver resolver, Class<?> type, Kind.@Nullable Container kind) {
        fory.registerSerializer(
                type,
                Map.class.isAssignableFrom(type)
                        ? new OfMap(resolver, type, kind)
                        : new OfCollection(resolver, type, kind));
    }

    private static Kind.Container require(Kind.@Nullable Container kind, Class<?> type) {
        if (kind == null) {
            throw new UnsuitedException(type, "is not of a kind that always comes back right");
        }
        return kind;
    }

    private void write(Kind.Container kind, WriteContext out, Object container) {
        int size = kind.sizeOf(container);
        out.getBuffer().writeVarUInt32(size);
        out.writeRef(kind.comparatorOf(container));
        int count = 0;
        out.increaseDepth();
        for (Iterator<?> content = kind.contentOf(container); content.hasNext(); count++) {
            out.writeRef(content.next());
            if (kind.isMap()) {
                out.writeRef(content.next());
            }
        }
        out.decreaseDepth();
        if (count != size) {
            throw new ConcurrentModificationException();
        }
    }

    private Object read(Kind.Container kind, ReadContext in) {
        try {
            Reading reading = session.reading();
            int size = reading.places(in.getBuffer().readVarUInt32());
            Object begun = kind.begin(in.readRef());
            if (!kind.isMadeLast()) {
                in.reference(begun);
            }
            in.increaseDepth();
            reading.content(kind, begun, size, new Contents(kind, in));
            in.decreaseDepth();
            return kind.end(begun);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Keys, or keys and values in turn. */
    private final class Contents implements Reading.Slot {

        private final ReadContext in;
        private final boolean hasValues;
        private boolean isKey = true;

        Contents(Kind.Container kind, ReadContext in) {
            this.in = in;
            this.hasValues = kind.isMap();
        }

        @Override
        public @Nullable Object read() throws Exception {
            Object value = in.readRef();
            if (isKey) {
                session.walk().overKey(value);
            }
            isKey = !hasValues || !isKey;
            return value;
        }
    }

    /** Not one whose elements generated code would write and read in its place. */
    private final class OfCollection extends CollectionLikeSerializer<Object> {

        private final Kind.@Nullable Container kind;

        OfCollection(TypeResolver resolver, Class type, Kind.@Nullable Container kind) {
            super(resolver, type, false);
            this.kind = kind;
        }

        @Override
        public void write(WriteContext out, Object container) {
            ForyContainers.this.write(require(kind, getType()), out, container);
        }

        @Override
        public Object read(ReadContext in) {
            return ForyContainers.this.read(require(kind, getType()), in);
        }

        @Override
        public Collection onCollectionWrite(WriteContext out, Object container) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object onCollectionRead(Collection collection) {
            throw new UnsupportedOperationException();
        }
    }

    private final class OfMap extends MapLikeSerializer<Object> {

        private final Kind.@Nullable Container kind;

        OfMap(TypeResolver resolver, Class type, Kind.@Nullable Container kind) {
            super(resolver, type, false);
            this.kind = kind;
        }

        @Override
        public void write(WriteContext out, Object container) {
            ForyContainers.this.write(require(kind, getType()), out, container);
        }

        @Override
        public Object read(ReadContext in) {
            return ForyContainers.this.read(require(kind, getType()), in);
        }

        @Override
        public Map onMapWrite(WriteContext out, Object container) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object onMapCopy(Map map) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object onMapRead(Map map) {
            throw new UnsupportedOperationException();
        }
    }
}
