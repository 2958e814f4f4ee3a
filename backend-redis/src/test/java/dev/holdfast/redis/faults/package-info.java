/**
 * Two members under load while something breaks, and whether what they were told and what they saw can be true: {@link
 * dev.holdfast.redis.faults.Load} makes the calls, {@link dev.holdfast.redis.faults.History} checks them.
 */
package dev.holdfast.redis.faults;
