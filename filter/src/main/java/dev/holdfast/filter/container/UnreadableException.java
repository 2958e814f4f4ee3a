package dev.holdfast.filter.container;

import org.jspecify.annotations.Nullable;

/** A container did not tell what was asked. Never leaves this package: what follows from it is logged. */
final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
