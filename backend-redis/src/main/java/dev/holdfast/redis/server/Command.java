package dev.holdfast.redis.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command for the server that holds its keys. Immutable, but for the arrays, which nobody writes to once they are here.
 *
 * @param slot the hash slot of all its keys, see {@link Slots}
 * @param name of the command, such as HGETALL; for a script, its {@link Script#name}
 * @param script to run by EVALSHA; null for a plain command
 * @param keyCount how many of {@code arguments} are keys, those first; a script is told
 * @param arguments all that follows the name (or the number of keys)
 * @param writes whether it changes what must not get lost: replicas are then waited for, if the settings say so
 * @param repeat what to send if the connection was lost before the answer came, when it is not known whether this one
 *     took effect; null if nothing may be sent then
 */
public record Command(
        int slot,
        String name,
        @Nullable Script script,
        int keyCount,
        List<byte[]> arguments,
        boolean writes,
        @Nullable Command repeat) {

    public Command {
        if (slot < 0 || slot >= Slots.COUNT || keyCount < 0 || keyCount > arguments.size()) {
            throw new IllegalArgumentException("slot or number of keys out of range");
        }
        arguments = List.copyOf(arguments);
    }

    /** Never keys or values. */
    @Override
    public String toString() {
        return name;
    }
}
