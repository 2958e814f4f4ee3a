/**
 * What requests cost, as far as it can be counted, beside what they cost when that was last written down. Entry type:
 * {@link dev.holdfast.benchmarks.costs.Guard}. Imported by {@code dev.holdfast.benchmarks} alone.
 */
@NullMarked
package dev.holdfast.benchmarks.costs;

import org.jspecify.annotations.NullMarked;
