/**
 * What an operator can watch by JMX: {@link dev.holdfast.filter.metrics.Metrics} publishes the two MXBeans of an application and
 * takes them back; {@link dev.holdfast.filter.metrics.MeasuredStore} counts what goes to the store. Everything is thread-safe;
 * asking blocks nobody and calls no store. Imported by the filter's start only.
 */
@NullMarked
package dev.holdfast.filter.metrics;

import org.jspecify.annotations.NullMarked;
