package dev.holdfast.spi;

/** What happens to a store behind its users' backs. */
public final class BehindLocalStore {

    private BehindLocalStore() {}

    /** As an eviction or a flush would: the record is gone, and a tombstone would be too. */
    public static void forget(LocalStore store, SessionKey key) {
        store.records().remove(key);
    }
}
