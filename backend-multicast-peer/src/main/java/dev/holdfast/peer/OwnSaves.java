package dev.holdfast.peer;

import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The saves that this member has asked other owners for, until they have answered: if it is the backup, it need not be sent them. Thread-safe. */
final class OwnSaves {

    private record Asked(SessionKey key, int stamp) {}

    private final ConcurrentMap<Asked, SessionDelta> asked = new ConcurrentHashMap<>();

    void asking(Message.Save save) {
        asked.put(new Asked(save.key(), save.delta().stamp()), save.delta());
    }

    void answered(Message.Save save) {
        asked.remove(new Asked(save.key(), save.delta().stamp()), save.delta());
    }

    /** As the owner has read it: what is written and read again may have lost something, and the two must keep the same. Null if there is none. */
    @Nullable
    SessionDelta find(SessionKey key, int stamp) {
        SessionDelta delta = asked.get(new Asked(key, stamp));
        if (delta == null) {
            return null;
        }
        WireWriter out = new WireWriter(128);
        RecordCodec.write(out, key, delta);
        byte[] bytes = out.toByteArray();
        try {
            return RecordCodec.delta(new WireReader(bytes, 0, bytes.length), key);
        } catch (WireException e) {
            // The owner could not read it either.
            return null;
        }
    }
}
