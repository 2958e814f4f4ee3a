/**
 * Live sessions: the objects that an application works on, kept true to the store. {@link
 * dev.holdfast.filter.session.Sessions} is the only class that talks to the store.
 *
 * <p>Everything here is thread-safe; the locks and their order are in {@code docs/concurrency.md}. Imported by {@code
 * dev.holdfast.filter.http} and the filter itself; imports the codec and the SPI.
 */
@NullMarked
package dev.holdfast.filter.session;

import org.jspecify.annotations.NullMarked;
