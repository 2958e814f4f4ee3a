package dev.holdfast.spi;

import java.util.List;

/**
 * What a store is told when it is opened.
 *
 * @param application the {@link SessionKey#application} of all keys that it will see
 * @param policy how long things live
 * @param time where the store takes its time from, if its clock is this JVM's
 * @param keys for stores whose nodes talk to each other: 32 bytes each that only nodes with the same {@code secret} have, and
 *     from which nothing else that is kept secret can be found out. The first is the one in use; others are known while the secret
 *     is being changed. Empty without a secret. Never to be logged
 */
public record StoreContext(String application, ExpiryPolicy policy, TimeSource time, List<byte[]> keys) {

    public StoreContext {
        keys = List.copyOf(keys);
    }

    /** Without a secret. */
    public StoreContext(String application, ExpiryPolicy policy, TimeSource time) {
        this(application, policy, time, List.of());
    }
}
