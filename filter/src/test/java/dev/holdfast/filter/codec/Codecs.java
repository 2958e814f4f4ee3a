package dev.holdfast.filter.codec;

import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import java.util.List;

/** Codecs as tests want them. */
final class Codecs {

    static final int MAX_DEPTH = 1000;
    static final int MAX_ARRAY = 1 << 24;

    private Codecs() {}

    static EnvelopeCodec jdk(String... allowClasses) {
        return jdk(Codecs.class.getClassLoader(), allowClasses);
    }

    static EnvelopeCodec jdk(ClassLoader loader, String... allowClasses) {
        Serializer jdk = new JdkSerializer(limits(allowClasses));
        return new EnvelopeCodec(jdk, List.of(jdk), loader);
    }

    static SerializerLimits limits(String... allowClasses) {
        return new SerializerLimits(AllowedClasses.of(List.of(allowClasses)), MAX_DEPTH, 1_000_000, MAX_ARRAY);
    }
}
