package dev.holdfast.serializers;

import org.jspecify.annotations.Nullable;

/** The classes of one value that is read: all that it can be made of. Immutable. */
final class ReadClasses {

    /** Of bytes that name their classes themselves. */
    static final ReadClasses NONE = new ReadClasses(new Kind[0], new Layout[0]);

    private final Kind[] kinds;
    private final @Nullable Layout[] layouts;

    private ReadClasses(Kind[] kinds, @Nullable Layout[] layouts) {
        this.kinds = kinds;
        this.layouts = layouts;
    }

    /**
     * Reads what {@link WrittenClasses#writeTo} wrote.
     *
     * @throws ClassNotFoundException if this node lacks one
     * @throws RuntimeException if one is not allowed, has changed too much, or the bytes are malformed
     */
    static ReadClasses read(ByteSource in, Kinds known, ClassLoader loader) throws ClassNotFoundException {
        Kind[] kinds = new Kind[in.count()];
        @Nullable Layout[] layouts = new Layout[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            int alias = in.within(in.unsigned(), 0, Byte.MAX_VALUE);
            if (alias != 0) {
                kinds[i] = known.ofAlias(alias);
                continue;
            }
            Kind kind = known.named(in.name(), loader);
            if (kind.form() != in.get()) {
                throw new IllegalArgumentException("a class has become one of another kind");
            }
            kinds[i] = kind;
            if (kind instanceof PlainClass plain) {
                layouts[i] = layout(plain, in);
            }
        }
        return new ReadClasses(kinds, layouts);
    }

    private static Layout layout(PlainClass plain, ByteSource in) {
        if (in.getInt() != plain.generation()) {
            throw new IllegalArgumentException("a class has another serialVersionUID here");
        }
        int count = in.count();
        char[] codes = new char[count];
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            codes[i] = (char) in.get();
            names[i] = in.name();
            if ("ZBSCIJFDL".indexOf(codes[i]) < 0) {
                throw ByteSource.malformed();
            }
        }
        return Layout.of(plain, codes, names);
    }

    Kind kind(int number) {
        if (number < 0 || number >= kinds.length) {
            throw ByteSource.malformed();
        }
        return kinds[number];
    }

    Layout layout(int number) {
        Layout layout = layouts[number];
        if (layout == null) {
            throw ByteSource.malformed();
        }
        return layout;
    }
}
