package dev.holdfast.spi;

import java.util.Optional;

/** Makes a serializer. Found by {@link java.util.ServiceLoader} under its name. */
public interface SerializerProvider {

    /** The {@link Serializer#name} of what it makes. */
    String name();

    /**
     * What it needs and does not find beside itself, as {@code group:artifact}; empty if it can make its serializer. A
     * provider of which something is missing is not used, and an operator who chose it is told.
     */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /** @param limits what reading must hold to */
    Serializer create(SerializerLimits limits);
}
