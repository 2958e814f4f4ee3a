/**
 * The contract kit: what makes a store a store. Whoever writes one extends {@link
 * dev.holdfast.spi.kit.SessionStoreContract} and gives it a {@link dev.holdfast.spi.kit.StoreFixture}; see
 * docs/writing-a-backend.md. {@link dev.holdfast.spi.kit.FaultyStore}, {@link dev.holdfast.spi.kit.CountingStore} and {@link
 * dev.holdfast.spi.kit.ManualTime} are for the tests of whatever uses a store.
 *
 * <p>For tests only; imports JUnit, AssertJ and {@code dev.holdfast.spi}.
 */
@NullMarked
package dev.holdfast.spi.kit;

import org.jspecify.annotations.NullMarked;
