package dev.holdfast.serializers;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * A field that is stored. Thread-safe.
 *
 * @param code of its type, as in class files: {@code I} for an int, …; {@code L} for everything that is a reference
 * @param field accessible
 */
record PlainField(String name, char code, Field field) {

    static final char REFERENCE = 'L';

    static PlainField of(Field field) {
        Class<?> type = field.getType();
        char code = type.isPrimitive() ? type.descriptorString().charAt(0) : REFERENCE;
        return new PlainField(field.getName(), code, field);
    }

    boolean isReference() {
        return code == REFERENCE;
    }

    /** A primitive value as bits: whole numbers as they are, the others as their raw bits. */
    long bitsOf(Object owner) throws IllegalAccessException {
        return switch (code) {
            case 'Z' -> field.getBoolean(owner) ? 1 : 0;
            case 'F' -> Float.floatToRawIntBits(field.getFloat(owner));
            case 'D' -> Double.doubleToRawLongBits(field.getDouble(owner));
            default -> field.getLong(owner);
        };
    }

    @Nullable
    Object referenceOf(Object owner) throws IllegalAccessException {
        return field.get(owner);
    }

    /**
     * Whether what was written of a field of type {@code written} is right for this one: the same, or a wider type that has
     * each of its values.
     */
    boolean takes(char written) {
        return written == code
                || switch (code) {
                    case 'S' -> written == 'B';
                    case 'I' -> written == 'B' || written == 'S' || written == 'C';
                    case 'J' -> written == 'B' || written == 'S' || written == 'C' || written == 'I';
                    case 'D' -> written == 'F';
                    default -> false;
                };
    }

    /** The value that the bits of a field of type {@code written} stand for, as an object of this field's type. */
    Object boxed(char written, long bits) {
        return switch (code) {
            case 'Z' -> bits != 0;
            case 'B' -> (byte) bits;
            case 'S' -> (short) bits;
            case 'C' -> (char) bits;
            case 'I' -> (int) bits;
            case 'F' -> Float.intBitsToFloat((int) bits);
            case 'D' -> written == 'F' ? (double) Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
            default -> bits;
        };
    }

    void setBits(Object owner, char written, long bits) throws IllegalAccessException {
        switch (code) {
            case 'I' -> field.setInt(owner, (int) bits);
            case 'J' -> field.setLong(owner, bits);
            default -> field.set(owner, boxed(written, bits));
        }
    }

    /** @throws IllegalArgumentException if the value is not of the field's type */
    void setReference(Object owner, @Nullable Object value) throws IllegalAccessException {
        field.set(owner, value);
    }
}
