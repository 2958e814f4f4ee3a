/**
 * A Spring Boot application whose sessions Holdfast keeps. What matters is {@link dev.holdfast.demo.boot.SessionConfiguration}; the rest is an
 * application as any other. Nobody imports this package.
 */
@NullMarked
package dev.holdfast.demo.boot;

import org.jspecify.annotations.NullMarked;
