/**
 * Real store servers, and what they count. Entry type: {@link dev.holdfast.benchmarks.stores.StoreServers}. Imported by
 * {@code dev.holdfast.benchmarks} and its packages.
 */
@NullMarked
package dev.holdfast.benchmarks.stores;

import org.jspecify.annotations.NullMarked;
