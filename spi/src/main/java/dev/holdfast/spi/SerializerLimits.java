package dev.holdfast.spi;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * What a serializer must hold to when it reads bytes that may be hostile.
 *
 * @param allowedClass whether a class of this name may be read; asked before the class is initialized
 * @param maxDepth of the object graph
 * @param maxReferences objects in one value
 * @param maxArrayLength of any array or collection's table
 * @param maxTime that the processor may be busy with one value, positive; {@link DecodingTime} measures it
 */
public record SerializerLimits(
        Predicate<String> allowedClass, int maxDepth, long maxReferences, int maxArrayLength, Duration maxTime) {

    /** Where nothing else is set. */
    public static final Duration USUAL_TIME = Duration.ofSeconds(2);

    /** With the usual time. */
    public SerializerLimits(Predicate<String> allowedClass, int maxDepth, long maxReferences, int maxArrayLength) {
        this(allowedClass, maxDepth, maxReferences, maxArrayLength, USUAL_TIME);
    }
}
