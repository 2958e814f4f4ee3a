/** The application under test: plain servlet code that knows nothing of Holdfast. */
@NullMarked
package dev.holdfast.demo.testapp;

import org.jspecify.annotations.NullMarked;
