package dev.holdfast.filter.codec;

/** A value cannot be encoded. The message names the attribute and the class, never the value. */
public final class EncodingException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public EncodingException(String message, Throwable cause) {
        super(message, cause);
    }
}
