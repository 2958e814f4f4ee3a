/** A login by Spring Security. */
@NullMarked
package dev.holdfast.demo.frameworks.spring;

import org.jspecify.annotations.NullMarked;
