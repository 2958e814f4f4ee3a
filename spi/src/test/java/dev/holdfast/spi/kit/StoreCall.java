package dev.holdfast.spi.kit;

import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call that a {@link CountingStore} has seen end.
 *
 * @param keys the sessions that it named
 * @param sentBytes names and values that a save carried
 * @param receivedBytes names and values that a load brought
 * @param answer what the store said; null if it failed
 * @param failure null if it did not fail
 */
public record StoreCall(
        Operation operation,
        Set<SessionKey> keys,
        long sentBytes,
        long receivedBytes,
        @Nullable Object answer,
        @Nullable RuntimeException failure) {

    static long sizeOf(SessionDelta delta) {
        long bytes = 0;
        for (var changed : delta.changed().entrySet()) {
            bytes += length(changed.getKey()) + changed.getValue().length;
        }
        for (String name : delta.removed()) {
            bytes += length(name);
        }
        return bytes;
    }

    static long sizeOfAnswer(@Nullable Object answer) {
        if (!(answer instanceof Loaded.Found found)) {
            return 0;
        }
        SessionSnapshot snapshot = found.snapshot();
        long bytes = 0;
        for (var attribute : snapshot.attributes().entrySet()) {
            bytes += length(attribute.getKey()) + attribute.getValue().bytes().length;
        }
        return bytes;
    }

    private static long length(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }
}
