package dev.holdfast.serializers;

import dev.holdfast.filter.codec.AllowedClasses;
import dev.holdfast.filter.codec.JdkSerializerProvider;
import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerLimits;
import dev.holdfast.spi.SerializerProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Serializers as tests want them. */
final class AllSerializers {

    static final List<SerializerProvider> THIRD_PARTY =
            List.of(new ForyProvider(), new KryoProvider(), new ProtostuffProvider());

    static final List<String> NAMES = List.of("jdk", "fory", "kryo", "protostuff");

    private AllSerializers() {}

    static SerializerLimits limits(String... allowClasses) {
        return new SerializerLimits(AllowedClasses.of(Arrays.asList(allowClasses)), 200, 1_000_000, 1 << 24);
    }

    static Serializer named(String name, String... allowClasses) {
        return (name.equals("jdk") ? new JdkSerializerProvider() : thirdParty(name)).create(limits(allowClasses));
    }

    static SerializerProvider thirdParty(String name) {
        return THIRD_PARTY.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static byte[] write(Serializer serializer, Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        serializer.write(value, out);
        return out.toByteArray();
    }

    static Object read(Serializer serializer, byte[] bytes, ClassLoader loader)
            throws IOException, ClassNotFoundException {
        return serializer.read(new ByteArrayInputStream(bytes), loader);
    }
}
