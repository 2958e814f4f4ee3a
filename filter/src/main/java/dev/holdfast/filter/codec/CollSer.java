package dev.holdfast.filter.codec;

import dev.holdfast.spi.ImmutableTables;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the JDK's class of this name, as which immutable lists, sets and maps are stored ({@code java.util.CollSer},
 * Java Object Serialization Specification), when they are read: the JDK's makes sets and maps however long that takes. Its name, its
 * serialVersionUID and its field are the JDK's, by which Java serialization takes one for the other. Never written.
 */
final class CollSer implements Serializable {

    @Serial
    private static final long serialVersionUID = 6309168927139932177L;

    static final String REPLACED = "java.util.CollSer";

    private static final int LIST = 1;
    private static final int SET = 2;
    private static final int MAP = 3;
    private static final int LIST_WITH_NULLS = 4;

    private final int tag;
    private transient Object @Nullable [] contents;

    /** Java serialization calls none. */
    private CollSer() {
        tag = 0;
    }

    @Serial
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        int length = in.readInt();
        if (length < 0 || !(in instanceof LimitedObjectInput limited)) {
            throw new InvalidObjectException("malformed");
        }
        limited.requirePlaces(length);
        Object[] read = new Object[length];
        for (int i = 0; i < length; i++) {
            read[i] = in.readObject();
        }
        contents = read;
    }

    @Serial
    private Object readResolve() throws InvalidObjectException {
        Object[] all = contents;
        if (all == null) {
            throw new InvalidObjectException("malformed");
        }
        try {
            return switch (tag & 0xFF) {
                case LIST -> List.of(all);
                case SET -> Set.of(quick(all, 1));
                case MAP -> mapOf(quick(all, 2));
                case LIST_WITH_NULLS -> Arrays.stream(all).toList();
                default -> throw new InvalidObjectException("of no kind that is known");
            };
        } catch (NullPointerException | IllegalArgumentException e) {
            throw new InvalidObjectException("null, or twice the same"); // the cause's message may hold a value
        }
    }

    private static Object[] quick(Object[] contents, int stride) throws InvalidObjectException {
        if (contents.length % stride != 0 || ImmutableTables.isSlowToMake(contents, stride)) {
            throw new InvalidObjectException("too many elements whose hashes meet");
        }
        return contents;
    }

    private static Map<Object, Object> mapOf(Object[] contents) {
        Map.Entry<?, ?>[] entries = new Map.Entry<?, ?>[contents.length / 2];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = Map.entry(contents[2 * i], contents[2 * i + 1]);
        }
        return Map.ofEntries(entries);
    }
}
