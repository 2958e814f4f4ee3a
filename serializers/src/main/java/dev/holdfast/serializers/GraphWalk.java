package dev.holdfast.serializers;

import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every object of a value: whether each is of a kind that comes back right, and every field holds what its type
 * says. For one value at a time and one thread. Not to be used again after it threw.
 */
final class GraphWalk {

    private final Kinds kinds;
    private final Writing writing;
    private final Set<ClassLoader> loaders = new LinkedHashSet<>();
    private final Map<Object, Boolean> seen = new IdentityHashMap<>();

    GraphWalk(Kinds kinds) {
        this.kinds = kinds;
        this.writing = new Writing(kinds);
    }

    /**
     * @throws UnsuitedException if something in it is of no such kind, breaks a limit, or is somewhere it cannot be
     */
    void over(Object value) throws Exception {
        loaders.clear();
        look(value);
        seen.clear();
        writing.clear();
    }

    /**
     * Looks at what a container that is being read is about to ask for its hash, or to compare: in it nothing may be
     * referred to twice, by which the answer takes no longer than this look.
     *
     * @throws UnsuitedException as {@link #over}
     */
    void overKey(@Nullable Object key) throws Exception {
        if (key == null) {
            return;
        }
        Kind kind = kinds.require(key.getClass());
        if (kind instanceof Kind.Scalar || kind instanceof Kind.Constant) {
            return;
        }
        writing.askedOf(() -> over(key));
    }

    /** Of the application's classes in the last value, in the order in which they were met. */
    Set<ClassLoader> loaders() {
        return loaders;
    }

    private void look(@Nullable Object value) throws Exception {
        if (value == null) {
            return;
        }
        Kind kind = writing.kindOf(value.getClass());
        if (kind instanceof Kind.Scalar) {
            return;
        }
        if (kind instanceof Kind.Constant) {
            met(kind.type());
            return;
        }
        if (seen.putIfAbsent(value, true) != null) {
            writing.again(value);
            return;
        }
        boolean madeLast = kind instanceof Kind.Container container && container.isMadeLast()
                || kind instanceof PlainClass plain && plain.isRecord();
        writing.enter(value, madeLast);
        lookInto(kind, value);
        writing.leave(madeLast);
    }

    /** The loader of an array's class is that of its elements'. */
    private void met(Class<?> type) {
        if (!PlainClass.isOfTheJdk(type)) {
            loaders.add(type.getClassLoader());
        }
    }

    private void lookInto(Kind kind, Object value) throws Exception {
        if (kind instanceof Kind.ObjectArray) {
            Object[] array = (Object[]) value;
            met(array.getClass());
            writing.lengthOf(array);
            for (Object each : array) {
                look(each);
            }
        } else if (kind instanceof Kind.Container container) {
            look(container.comparatorOf(value));
            writing.content(container, value, writing.sizeOf(container, value), this::look);
        } else {
            met(kind.type());
            for (PlainField field : ((PlainClass) kind).fields()) {
                if (field.isReference()) {
                    if (!kinds.mayBeType(field.field().getType())) {
                        throw new UnsuitedException(
                                kind.type(), "a field of a class whose objects may not come back right");
                    }
                    Object held = field.referenceOf(value);
                    if (held != null && !field.field().getType().isInstance(held)) {
                        throw new UnsuitedException(held.getClass(), "in a field of another type");
                    }
                    look(held);
                }
            }
        }
    }
}
