package dev.holdfast.serializers;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The classes of one value, numbered in the order in which they are met; written before the value itself. For one thread. */
final class WrittenClasses {

    private final List<Kind> kinds = new ArrayList<>();
    private final Map<Kind, Integer> numbers = new IdentityHashMap<>();

    int numberOf(Kind kind) {
        Integer known = numbers.putIfAbsent(kind, kinds.size());
        if (known != null) {
            return known;
        }
        kinds.add(kind);
        return kinds.size() - 1;
    }

    /**
     * <pre>
     *   varint count, and for each class
     *     varint alias of a class of the JDK, or 0 and
     *       name, form: A array, E enum, P with fields, R record
     *       for P and R: int generation, varint count, and for each field: code of its type, name
     * </pre>
     */
    void writeTo(ByteSink out) {
        out.putUnsigned(kinds.size());
        for (Kind kind : kinds) {
            out.putUnsigned(kind.alias());
            if (kind.alias() == 0) {
                out.putName(kind.type().getName());
                out.put(kind.form());
                if (kind instanceof PlainClass plain) {
                    out.putInt(plain.generation());
                    out.putUnsigned(plain.fields().length);
                    for (PlainField field : plain.fields()) {
                        out.put(field.code());
                        out.putName(field.name());
                    }
                }
            }
        }
    }

    void clear() {
        kinds.clear();
        numbers.clear();
    }
}
