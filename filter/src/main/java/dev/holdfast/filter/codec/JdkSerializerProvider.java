package dev.holdfast.filter.codec;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SerializerProvider;

/** Java serialization under the name {@code jdk}: the default, and what writes the values another serializer won't. */
public final class JdkSerializerProvider implements SerializerProvider {

    @Override
    public String name() {
        return JdkSerializer.NAME;
    }

    @Override
    public Serializer create(SerializerLimits limits) {
        return new JdkSerializer(limits);
    }
}
