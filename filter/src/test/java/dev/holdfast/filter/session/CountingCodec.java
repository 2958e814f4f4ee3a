package dev.holdfast.filter.session;

import dev.holdfast.filter.codec.AttributeCodec;
import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.filter.codec.UndecodableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The JDK's serialization without a frame, that counts what it is asked to do. */
final class CountingCodec implements AttributeCodec {

    final AtomicInteger decoded = new AtomicInteger();
    final AtomicInteger encoded = new AtomicInteger();

    @Override
    public boolean canTravel(Object value) {
        return value instanceof Serializable;
    }

    @Override
    public byte[] encode(String name, Object value) {
        encoded.incrementAndGet();
        try {
            return bytes(value);
        } catch (IOException e) {
            throw new EncodingException("attribute '" + name + "' of " + value.getClass(), e);
        }
    }

    @Override
    public Object decode(byte[] bytes) throws UndecodableException {
        decoded.incrementAndGet();
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new UndecodableException("not to be read: " + e.getClass(), e);
        }
    }

    @Override
    public boolean isImmutable(Object value) {
        return value instanceof String || value instanceof Integer;
    }

    @Override
    public @Nullable Baseline baseline(Object value) {
        try {
            byte[] before = bytes(value);
            return now -> {
                try {
                    return !Arrays.equals(before, bytes(now));
                } catch (IOException e) {
                    return true;
                }
            };
        } catch (IOException e) {
            return null;
        }
    }

    private static byte[] bytes(Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }
}
