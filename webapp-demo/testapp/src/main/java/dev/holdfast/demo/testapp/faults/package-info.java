/**
 * A store that fails as a test wants, chosen by {@code store=faulty:} and the URI of a sound one. Told what to do under a
 * path that the filter ignores. The one part of the test application that knows Holdfast.
 */
@NullMarked
package dev.holdfast.demo.testapp.faults;

import org.jspecify.annotations.NullMarked;
