/**
 * Attribute values as bytes and back: the envelope of an attribute, our own encoding of simple values, the JDK serializer
 * with its filter, and the comparison that finds values changed in place.
 *
 * <p>Entry type: {@link dev.holdfast.filter.codec.AttributeCodec}. Thread-safe. Knows no store and no session.
 */
@NullMarked
package dev.holdfast.filter.codec;

import org.jspecify.annotations.NullMarked;
