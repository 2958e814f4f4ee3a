/**
 * Delivery of session events to the application's listeners, whatever container made them.
 */
@NullMarked
package dev.holdfast.filter.listeners;

import org.jspecify.annotations.NullMarked;
