package dev.holdfast.spi;

import java.util.function.Predicate;

/**
 * What a serializer must hold to when it reads bytes that may be hostile.
 *
 * @param allowedClass whether a class of this name may be read; asked before the class is initialized
 * @param maxDepth of the object graph
 * @param maxReferences objects in one value
 * @param maxArrayLength of any array or collection's table
 */
public record SerializerLimits(Predicate<String> allowedClass, int maxDepth, long maxReferences, int maxArrayLength) {}
