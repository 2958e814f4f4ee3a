package dev.holdfast.peer;

/** Bytes from another machine that are not what they should be. The message never holds the bytes. */
final class WireException extends Exception {

    private static final long serialVersionUID = 1;

    WireException(String message) {
        super(message, null, false, false);
    }
}
