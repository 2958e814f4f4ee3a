/**
 * What a session store is, for those who write one and for the filter that uses it.
 */
@NullMarked
package dev.holdfast.spi;

import org.jspecify.annotations.NullMarked;
