package dev.holdfast.spi;

import java.time.Duration;

/**
 * An access that needs no load.
 *
 * @param key the session
 * @param age how long ago the access was; zero or more. An age, not a time: no application server's clock decides in a store
 */
public record Touch(SessionKey key, Duration age) {}
