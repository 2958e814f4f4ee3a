/**
 * What the figures in {@code docs/benchmarks.md} are made with. Entry type: {@link dev.holdfast.benchmarks.Bench}, which
 * {@code bin/bench} starts; each {@link dev.holdfast.benchmarks.Comparison} is one section there. Imported by nobody.
 */
@NullMarked
package dev.holdfast.benchmarks;

import org.jspecify.annotations.NullMarked;
