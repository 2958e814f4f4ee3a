/**
 * Delivery of session events to the application's listeners, whatever container made them: {@link
 * dev.holdfast.filter.listeners.ListenerEvents}.
 *
 * <p>Thread-safe; listeners run in the caller's thread. Imported by the filter itself; imports {@code
 * dev.holdfast.filter.container} and the {@code SessionEvents} that it implements.
 */
@NullMarked
package dev.holdfast.filter.listeners;

import org.jspecify.annotations.NullMarked;
