package dev.holdfast.benchmarks;

import dev.holdfast.filter.codec.AllowedClasses;
import dev.holdfast.filter.codec.EnvelopeCodec;
import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SerializerProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The filter's codec, with each of its serializers. */
final class Codecs {

    /** In the order in which tables have them. */
    static final List<String> SERIALIZERS = List.of("jdk", "fory", "kryo", "protostuff");

    private static final int MOST_BYTES = 1 << 20;

    private Codecs() {}

    /** @param compressAbove see {@link EnvelopeCodec.Sizes} */
    static EnvelopeCodec of(String serializer, int compressAbove) {
        SerializerLimits limits = new SerializerLimits(AllowedClasses.of(List.of()), 200, 1_000_000, 1 << 20);
        Map<String, Serializer> all = new HashMap<>();
        for (SerializerProvider each : ServiceLoader.load(SerializerProvider.class)) {
            all.put(each.name(), each.create(limits));
        }
        Serializer chosen = all.get(serializer);
        if (chosen == null) {
            throw new IllegalArgumentException(serializer);
        }
        return new EnvelopeCodec(
                chosen,
                all.values(),
                Codecs.class.getClassLoader(),
                new EnvelopeCodec.Sizes(compressAbove, MOST_BYTES));
    }
}
