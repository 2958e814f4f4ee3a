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
    final Script lock;
    final Script renew;
    final Script release;

    Scripts(ExpiryPolicy policy) {
        String constants = "local TOUCH, TIMEOUT, REAP, TOMBSTONE = "
                + policy.touchInterval().toMillis() + ", "
                + policy.timeout().toMillis() + ", "
                + policy.reapTime().toMillis() + ", "
                + policy.tombstoneLife().toMillis() + "\n";
        String prelude = constants + read("prelude");
        load = new Script("load", constants + read("unchanged") + read("prelude") + read("load"));
        save = new Script("save", prelude + read("save"));
        touch = new Script("touch", prelude + read("touch"));
        remove = new Script("remove", prelude + read("remove"));
        due = new Script("due", prelude + read("due"));
        claim = new Script("claim", prelude + read("claim"));
        confirm = new Script("confirm", prelude + read("confirm"));
        lock = new Script("lock", read("lock"));
        renew = new Script("renew", read("renew"));
        release = new Script("release", read("release"));
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
