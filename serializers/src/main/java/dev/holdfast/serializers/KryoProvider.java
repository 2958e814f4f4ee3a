package dev.holdfast.serializers;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SerializerProvider;
import java.util.Optional;

/** Makes the serializer {@code kryo}, which needs {@code com.esotericsoftware:kryo}. */
public final class KryoProvider implements SerializerProvider {

    static final String NAME = "kryo";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> missing() {
        return Libraries.missing("com.esotericsoftware.kryo.Kryo", "com.esotericsoftware:kryo");
    }

    @Override
    public Serializer create(SerializerLimits limits) {
        return new KryoSerializer(limits);
    }
}
