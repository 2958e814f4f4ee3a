package dev.holdfast.serializers;

import dev.holdfast.spi.SerializerLimits;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Values in protostuff's form, of the classes in {@link Kinds}. Before protostuff's bytes stand the names of the value's
 * classes and of their fields, which its numbers then stand for: protostuff's own runtime schemas number the fields of
 * the class as it is, and read another field's bytes when one has gone. Thread-safe.
 */
final class ProtostuffSerializer extends GraphSerializer<ProtostuffSession> {

    ProtostuffSerializer(SerializerLimits limits) {
        super(ProtostuffProvider.NAME, limits);
    }

    @Override
    ProtostuffSession open(Kinds kinds) {
        return new ProtostuffSession(kinds);
    }

    @Override
    void write(ProtostuffSession session, Object value, OutputStream out) throws IOException {
        session.write(value, out);
    }

    @Override
    Object read(ProtostuffSession session, byte[] bytes, ClassLoader loader)
            throws IOException, ClassNotFoundException {
        return session.read(bytes, loader);
    }
}
