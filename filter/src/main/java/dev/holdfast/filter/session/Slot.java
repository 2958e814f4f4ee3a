package dev.holdfast.filter.session;

import dev.holdfast.filter.codec.AttributeCodec.Baseline;
import dev.holdfast.spi.StoredAttribute;
import org.jspecify.annotations.Nullable;

/**
 * One attribute of a live session: its bytes as the store has them, its object as the application has it, and how they
 * differ. Guarded by its table's monitor.
 */
final class Slot {

    final String name;

    /** What the store holds as far as this node knows; null if it holds nothing under this name. */
    @Nullable
    StoredAttribute stored;

    /** The application's object; null until it is asked for. */
    @Nullable
    Object value;

    /** Whether {@link #value} can change in place. */
    boolean mutable;

    /** What a mutable value looked like when it was last known to equal {@link #stored}; null: unknown, so it counts as changed. */
    @Nullable
    Baseline baseline;

    /** Set by the application, and in no completed save yet. */
    boolean dirty;

    /** Counts what the application did to this slot, so that a save knows whether it carried the latest. */
    long changes;

    /** Whether a running request may hold the mutable value, and so may be changing it. */
    boolean handedOut;

    /** The value cannot travel: it stays on this node. */
    boolean local;

    /** The bytes cannot be decoded here: reads as absent, and the bytes stay in the store for nodes that can. */
    boolean unreadable;

    Slot(String name) {
        this.name = name;
    }

    /** An attribute as loaded, decoded when somebody asks. */
    static Slot raw(String name, StoredAttribute stored) {
        Slot slot = new Slot(name);
        slot.stored = stored;
        return slot;
    }

    /** Whether the value must be compared to find out if it changed. */
    boolean isSuspect() {
        return handedOut && mutable && !local && !dirty && value != null;
    }

    void becomeRaw(StoredAttribute newStored) {
        stored = newStored;
        value = null;
        mutable = false;
        baseline = null;
        handedOut = false;
        local = false;
        unreadable = false;
    }
}
