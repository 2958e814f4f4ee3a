package dev.holdfast.redis;

import dev.holdfast.redis.server.Script;
import dev.holdfast.spi.ExpiryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The scripts, with one policy written into them: it need not travel with every call, and nodes of two policies (during a
 * change of settings) use scripts of two digests. Immutable, thread-safe.
 */
final class Scripts {

    final Script load;
    final Script save;
    final Script touch;
    final Script remove;
    final Script due;
    final Script claim;
    final Script confirm;
    final Script renew;
    final Script release;

    private final String prelude;

    Scripts(ExpiryPolicy policy) {
        prelude = "local TOUCH, TIMEOUT, REAP, TOMBSTONE = "
                + policy.touchInterval().toMillis() + ", "
                + policy.timeout().toMillis() + ", "
                + policy.reapTime().toMillis() + ", "
                + policy.tombstoneLife().toMillis() + "\n" + read("prelude");
        load = script("load");
        save = script("save");
        touch = script("touch");
        remove = script("remove");
        due = script("due");
        claim = script("claim");
        confirm = script("confirm");
        renew = new Script("renew", read("renew"));
        release = new Script("release", read("release"));
    }

    private Script script(String name) {
        return new Script(name, prelude + read(name));
    }

    private static String read(String name) {
        try (InputStream in = Scripts.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("the script " + name + ".lua is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
