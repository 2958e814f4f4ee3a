/**
 * What the setting {@code secret} does: a store that sees no session id, no name of an attribute and no value, and cannot
 * make any up. A {@link dev.holdfast.filter.secret.Secrets} is put between sessions and their store, as a store around
 * the store; whoever is above it sees everything plain.
 *
 * <p>Entry type: {@link dev.holdfast.filter.secret.Secrets}. Thread-safe. Imported by the filter's start alone.
 */
@NullMarked
package dev.holdfast.filter.secret;

import org.jspecify.annotations.NullMarked;
