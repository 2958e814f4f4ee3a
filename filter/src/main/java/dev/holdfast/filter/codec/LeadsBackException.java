package dev.holdfast.filter.codec;

/** An object refers to itself by what it holds, and cannot be made that way. The message is its class's name. */
final class LeadsBackException extends RuntimeException {

    private static final long serialVersionUID = 1;

    LeadsBackException(Class<?> type) {
        super(type.getName(), null, false, false);
    }
}
