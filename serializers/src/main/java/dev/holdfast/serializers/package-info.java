/**
 * Serializers over third-party libraries: {@code fory}, {@code kryo} and {@code protostuff}, found by
 * {@link java.util.ServiceLoader}. Each library is optional; the jar that is missing is named when its serializer is chosen.
 *
 * <p>None of the libraries decides what is written or made: {@link dev.holdfast.serializers.Kinds} does, once per class.
 * An object of any other class makes its whole value a matter of the JDK's serializer. Entry types: the providers.
 * Thread-safe. Imported by nobody.
 */
@NullMarked
package dev.holdfast.serializers;

import org.jspecify.annotations.NullMarked;
