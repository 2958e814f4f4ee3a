package dev.holdfast.filter.codec;

import org.jspecify.annotations.Nullable;

/** Bytes from a store that are no value here: damaged, over a limit, or of a class that this node lacks. */
public final class UndecodableException extends Exception {

    private static final long serialVersionUID = 1;

    public UndecodableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
