package dev.holdfast.spi;

import java.util.Map;

/** What happens to a store behind its users' backs. */
public final class BehindLocalStore {

    private BehindLocalStore() {}

    /** What the store holds, by key; may be changed. */
    public static Map<SessionKey, SessionRecord> records(LocalStore store) {
        return store.records();
    }

    /** As an eviction or a flush would: the record is gone, and a tombstone would be too. */
    public static void forget(LocalStore store, SessionKey key) {
        store.records().remove(key);
    }
}
