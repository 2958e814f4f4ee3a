/**
 * What a session store and a serializer are, for those who write one and for the filter that uses them.
 *
 * <p>Entry types: {@link dev.holdfast.spi.SessionStore} (implemented by backends), {@link
 * dev.holdfast.spi.SessionStoreProvider} (how the filter finds them), {@link dev.holdfast.spi.Serializer}. State travels
 * as bytes only: no class loader, no servlet type and no logger is known here; the package imports nothing but the JDK.
 *
 * <p>All value types are immutable and may be shared between threads. Byte arrays inside them belong to the value: whoever
 * hands one over must not write to it again, and whoever receives one must not write to it at all.
 *
 * <p>Everybody may import this package; it imports nobody's.
 */
@NullMarked
package dev.holdfast.spi;

import org.jspecify.annotations.NullMarked;
