/**
 * What others would take, where it needs a class of ours to be put into a plain Tomcat. Entry type:
 * {@link dev.holdfast.benchmarks.rivals.RedisSessionFilter}. Not part of the build; imported by nobody.
 */
package dev.holdfast.benchmarks.rivals;
