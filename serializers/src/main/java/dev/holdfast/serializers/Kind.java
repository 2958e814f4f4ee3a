package dev.holdfast.serializers;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * How instances of one class are taken apart and made again. Immutable.
 *
 * <p>What is taken apart is the state that Java serialization would write, and what is made is what it would make.
 */
abstract sealed class Kind {

    private final Class<?> type;
    private final int alias;

    private Kind(Class<?> type, int alias) {
        this.type = type;
        this.alias = alias;
    }

    final Class<?> type() {
        return type;
    }

    /** The number that stands for a class of the JDK in the bytes; 0 for a class that goes by its name. Never given to another. */
    final int alias() {
        return alias;
    }

    /** Says in the bytes which kind a class was when they were written: it may have become another since. */
    abstract char form();

    /** A value of the JDK that is a few bytes and refers to nothing; also arrays of primitives. */
    abstract static non-sealed class Scalar extends Kind {

        private final boolean mutable;

        Scalar(Class<?> type, int alias, boolean mutable) {
            super(type, alias);
            this.mutable = mutable;
        }

        /** Whether two references to one instance must come back as that. */
        final boolean isMutable() {
            return mutable;
        }

        abstract void write(Object value, ByteSink out);

        /** @param in has this value and nothing else */
        abstract Object read(ByteSource in);

        @Override
        final char form() {
            return 'S';
        }
    }

    /** Constants go by their names, so that they may change places. */
    static final class Constant extends Kind {

        Constant(Class<?> type) {
            super(type, 0);
        }

        String nameOf(Object value) {
            return ((Enum<?>) value).name();
        }

        @SuppressWarnings({"unchecked", "rawtypes"})
        Object named(String name) {
            return Enum.valueOf((Class) type(), name);
        }

        @Override
        char form() {
            return 'E';
        }
    }

    /** Elements may be null. */
    static final class ObjectArray extends Kind {

        ObjectArray(Class<?> type) {
            super(type, 0);
        }

        Object[] make(int length) {
            return (Object[]) java.lang.reflect.Array.newInstance(type().getComponentType(), length);
        }

        @Override
        char form() {
            return 'A';
        }
    }

    /** A collection of the JDK, or a map as its keys and values in turn; perhaps with a comparator. */
    abstract static non-sealed class Container extends Kind {

        private final boolean isMap;
        private final boolean asksElements;
        private final boolean madeLast;

        /**
         * @param asksElements whether elements (keys) are asked for their hash or compared while it is made
         * @param madeLast whether it can be made only when all that it holds is there, so that nothing in it can refer to it
         */
        Container(Class<?> type, int alias, boolean isMap, boolean asksElements, boolean madeLast) {
            super(type, alias);
            this.isMap = isMap;
            this.asksElements = asksElements;
            this.madeLast = madeLast;
        }

        final boolean isMap() {
            return isMap;
        }

        final boolean asksElements() {
            return asksElements;
        }

        final boolean isMadeLast() {
            return madeLast;
        }

        /** Null too if it has none. */
        @Nullable
        Object comparatorOf(Object value) {
            return null;
        }

        /**
         * Its elements, or its keys and values in turn.
         *
         * @throws UnsuitedException if it has a state that would not come back
         */
        abstract Iterator<?> contentOf(Object value);

        /** How many elements or entries. */
        abstract int sizeOf(Object value);

        /** What elements or entries are put into: the container itself, unless it is made last. */
        abstract Object begin(@Nullable Object comparator);

        /** @param second the value, of a map */
        abstract void put(Object begun, @Nullable Object first, @Nullable Object second);

        Object end(Object begun) {
            return begun;
        }

        @Override
        final char form() {
            return 'C';
        }
    }

    /** A class of the application whose state is that of its fields; also a record. */
    abstract static non-sealed class Plain extends Kind {

        Plain(Class<?> type) {
            super(type, 0);
        }

        abstract PlainField[] fields();

        /** Stands for the class's own idea of its version, 0 if it has none. */
        abstract int generation();
    }
}
