/**
 * Whether this node can serve sessions now: {@link dev.holdfast.filter.health.Health} for code, {@link
 * dev.holdfast.filter.health.HealthServlet} for load balancers and supervisors. Thread-safe. For applications to import.
 */
@NullMarked
package dev.holdfast.filter.health;

import org.jspecify.annotations.NullMarked;
