/** A page of Jakarta Faces. */
@NullMarked
package dev.holdfast.demo.frameworks.faces;

import org.jspecify.annotations.NullMarked;
