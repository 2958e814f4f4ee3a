package dev.holdfast.serializers;

import org.jspecify.annotations.Nullable;

/**
 * The fields of a class as they were when an object was written, beside what they are here. Immutable.
 *
 * @param kind of the class as it is here
 * @param codes of the types of the fields that were written, in their order
 * @param fields for each of them the field here; null if it is gone
 */
record Layout(PlainClass kind, char[] codes, @Nullable PlainField[] fields) {

    /**
     * A field that came is zero or null in objects written before, one that went is forgotten, their order does not matter.
     *
     * @param names of the fields that were written
     * @throws IllegalArgumentException if a field now has a type that cannot have all values of the earlier one
     */
    static Layout of(PlainClass kind, char[] codes, String[] names) {
        PlainField[] here = kind.fields();
        @Nullable PlainField[] fields = new PlainField[names.length];
        for (int i = 0; i < names.length; i++) {
            for (PlainField field : here) {
                if (field.name().equals(names[i])) {
                    if (!field.takes(codes[i])) {
                        throw new IllegalArgumentException("a field has another type here");
                    }
                    fields[i] = field;
                }
            }
        }
        return new Layout(kind, codes, fields);
    }

    static Layout asItIs(PlainClass kind) {
        PlainField[] fields = kind.fields();
        char[] codes = new char[fields.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = fields[i].code();
        }
        return new Layout(kind, codes, fields);
    }
}
