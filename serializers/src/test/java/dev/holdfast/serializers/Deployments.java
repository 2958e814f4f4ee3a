package dev.holdfast.serializers;

import dev.holdfast.filter.codec.EnvelopeCodec;
import dev.holdfast.spi.Serializer;
import java.util.List;

/** Codecs as a deployment of an application has them. */
final class Deployments {

    private Deployments() {}

    static EnvelopeCodec codec(String chosen, ClassLoader loader, String... allowClasses) {
        List<Serializer> all = AllSerializers.NAMES.stream()
                .map(name -> AllSerializers.named(name, allowClasses))
                .toList();
        return new EnvelopeCodec(
                all.get(AllSerializers.NAMES.indexOf(chosen)),
                all,
                loader,
                new EnvelopeCodec.Sizes(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }
}
