/**
 * Whole servers under load, beside what others would take instead. Entry type: {@link dev.holdfast.benchmarks.cluster.Clusters}.
 * Imported by {@code dev.holdfast.benchmarks} alone.
 */
@NullMarked
package dev.holdfast.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
