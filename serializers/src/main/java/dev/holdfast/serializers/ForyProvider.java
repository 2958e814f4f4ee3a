package dev.holdfast.serializers;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SerializerProvider;
import java.util.Optional;

/** Makes the serializer {@code fory}, which needs {@code org.apache.fory:fory-core}. */
public final class ForyProvider implements SerializerProvider {

    static final String NAME = "fory";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> missing() {
        return Libraries.missing("org.apache.fory.Fory", "org.apache.fory:fory-core");
    }

    @Override
    public Serializer create(SerializerLimits limits) {
        return new ForySerializer(limits);
    }
}
