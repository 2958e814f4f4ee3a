package dev.holdfast.redis.servers;

/** A server's answer that begins with a minus, such as {@code NOSCRIPT No matching script}. */
public final class ErrorReply extends RuntimeException {

    private static final long serialVersionUID = 1;

    ErrorReply(String message) {
        super(message);
    }
}
