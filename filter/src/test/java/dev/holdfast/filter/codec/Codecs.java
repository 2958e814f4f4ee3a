package dev.holdfast.filter.codec;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import java.util.List;

/** Codecs as tests want them. */
final class Codecs {

    static final int MAX_DEPTH = 1000;
    static final int MAX_ARRAY = 1 << 24;

    private static final EnvelopeCodec.Sizes NEITHER_COMPRESSED_NOR_BOUNDED =
            new EnvelopeCodec.Sizes(Integer.MAX_VALUE, Integer.MAX_VALUE);

    private Codecs() {}

    static EnvelopeCodec jdk(String... allowClasses) {
        return jdk(Codecs.class.getClassLoader(), allowClasses);
    }

    static EnvelopeCodec jdk(ClassLoader loader, String... allowClasses) {
        Serializer jdk = new JdkSerializer(limits(allowClasses));
        return new EnvelopeCodec(jdk, List.of(jdk), loader, NEITHER_COMPRESSED_NOR_BOUNDED);
    }

    static EnvelopeCodec jdk(EnvelopeCodec.Sizes sizes) {
        Serializer jdk = new JdkSerializer(limits());
        return new EnvelopeCodec(jdk, List.of(jdk), Codecs.class.getClassLoader(), sizes);
    }

    static SerializerLimits limits(String... allowClasses) {
        return new SerializerLimits(AllowedClasses.of(List.of(allowClasses)), MAX_DEPTH, 1_000_000, MAX_ARRAY);
    }
}
