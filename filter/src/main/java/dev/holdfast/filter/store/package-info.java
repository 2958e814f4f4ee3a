/**
 * What stands between the sessions and a store that may be away: {@link dev.holdfast.filter.store.StoreBreaker} refuses calls at
 * once while nothing answers, {@link dev.holdfast.filter.store.LateStore} opens one that was not there when the application started.
 *
 * <p>Everything here is thread-safe. Imported by the filter itself and by {@code dev.holdfast.filter.session}; imports the SPI.
 */
@NullMarked
package dev.holdfast.filter.store;

import org.jspecify.annotations.NullMarked;
