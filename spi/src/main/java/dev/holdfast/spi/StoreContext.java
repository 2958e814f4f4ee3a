package dev.holdfast.spi;

/**
 * What a store is told when it is opened.
 *
 * @param application the {@link SessionKey#application} of all keys that it will see
 * @param policy how long things live
 * @param time where the store takes its time from, if its clock is this JVM's
 */
public record StoreContext(String application, ExpiryPolicy policy, TimeSource time) {}
