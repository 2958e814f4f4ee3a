/** A store that fails when the tests say so, and requests to which it happens. */
@org.jspecify.annotations.NullMarked
package dev.holdfast.demo.testapp.broken;
