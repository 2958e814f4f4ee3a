/**
 * What more sessions, larger ones, more nodes and more requests at the same time take. Entry type: {@link
 * dev.holdfast.benchmarks.growth.GrowthComparison}. Imported by {@code dev.holdfast.benchmarks} alone.
 */
@NullMarked
package dev.holdfast.benchmarks.growth;

import org.jspecify.annotations.NullMarked;
