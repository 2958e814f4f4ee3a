package dev.holdfast.redis.server;

/**
 * What a server asks for before it obeys.
 *
 * @param user empty: the default user, or a server with nothing but a password
 * @param password never shown
 */
public record Credentials(String user, String password) {

    @Override
    public String toString() {
        return "Credentials[***]";
    }
}
