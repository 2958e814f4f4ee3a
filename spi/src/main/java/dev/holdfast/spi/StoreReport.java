package dev.holdfast.spi;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a store can tell an operator about itself, beyond answering calls. A store that has something to tell implements it beside
 * {@link SessionStore}. Thread-safe; asked by monitoring at any moment, also after the store was closed. Never blocks, never throws.
 */
public interface StoreReport {

    /**
     * Why this node should not be taken for ready although the store answers: a member of a cluster that still has sessions to take
     * over, say. For whoever stops nodes one after the other.
     *
     * @return for people, without secrets or session ids; null if there is no reason
     */
    @Nullable
    String notReady();

    /** Figures by name, in the spelling of Java properties with the unit at the end if there is one: {@code bytesSent}. */
    Map<String, Long> figures();
}
