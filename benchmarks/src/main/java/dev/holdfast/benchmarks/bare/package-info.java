/**
 * The filter without a container: requests that cost nothing themselves, so that what is counted is the filter's. Entry type:
 * {@link dev.holdfast.benchmarks.bare.BareApplication}. Imported by {@code dev.holdfast.benchmarks} alone.
 */
@NullMarked
package dev.holdfast.benchmarks.bare;

import org.jspecify.annotations.NullMarked;
