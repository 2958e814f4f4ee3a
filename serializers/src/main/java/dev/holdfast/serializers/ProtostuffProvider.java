package dev.holdfast.serializers;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SerializerProvider;
import java.util.Optional;

/** Makes the serializer {@code protostuff}, which needs {@code io.protostuff:protostuff-core}. */
public final class ProtostuffProvider implements SerializerProvider {

    static final String NAME = "protostuff";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> missing() {
        return Libraries.missing("io.protostuff.ProtostuffOutput", "io.protostuff:protostuff-core");
    }

    @Override
    public Serializer create(SerializerLimits limits) {
        return new ProtostuffSerializer(limits);
    }
}
