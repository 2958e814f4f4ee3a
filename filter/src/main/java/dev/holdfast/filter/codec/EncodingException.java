package dev.holdfast.filter.codec;

import org.jspecify.annotations.Nullable;

/**
 * A value cannot be encoded, or a session is too large with it. The message names the attribute and the class, never the
 * value.
 */
public final class EncodingException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public EncodingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
