package dev.holdfast.serializers;

import dev.holdfast.spi.SerializerLimits;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Values as Kryo writes them, of the classes in {@link Kinds}. Before Kryo's bytes stand the names of the value's classes
 * and of their fields; Kryo is given no class but those, and no serializer but {@link KryoSession}'s. Thread-safe.
 */
final class KryoSerializer extends GraphSerializer<KryoSession> {

    KryoSerializer(SerializerLimits limits) {
        super(KryoProvider.NAME, limits);
    }

    @Override
    KryoSession open(Kinds kinds) {
        return new KryoSession(kinds);
    }

    @Override
    void write(KryoSession session, Object value, OutputStream out) throws IOException {
        session.write(value, out);
    }

    @Override
    Object read(KryoSession session, byte[] bytes, ClassLoader loader) throws ClassNotFoundException, IOException {
        return session.read(bytes, loader);
    }
}
