/**
 * What stores do with more nodes and sessions than a test can run: counted by their own code. Entry type: {@link
 * dev.holdfast.spi.scale.Placement}. Imported by tests of backends and by the benchmarks.
 */
package dev.holdfast.spi.scale;
