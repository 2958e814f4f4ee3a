package dev.holdfast.spi;

/** Makes a serializer. Found by {@link java.util.ServiceLoader} under its name. */
public interface SerializerProvider {

    /** The {@link Serializer#name} of what it makes. */
    String name();

    /** @param limits what reading must hold to */
    Serializer create(SerializerLimits limits);
}
