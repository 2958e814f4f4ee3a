package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A memcached in this JVM, seen by any number of clients, which can be killed, and started again empty. */
final class FakeNode {

    private final String name;
    private final TimeSource time;
    private final Map<String, Held> items = new HashMap<>();
    private long lastToken;
    private boolean dead;

    FakeNode(String name, TimeSource time) {
        this.name = name;
        this.time = time;
    }

    private record Held(byte[] value, long token, long untilMillis) implements Node.Item {}

    synchronized void kill() {
        dead = true;
        items.clear();
    }

    synchronized void cutOff() {
        dead = true;
    }

    synchronized void start() {
        dead = false;
    }

    synchronized byte @Nullable [] bytes(String key) {
        Held held = items.get(key);
        return held == null ? null : held.value.clone();
    }

    synchronized void put(String key, byte @Nullable [] value) {
        if (value == null) {
            items.remove(key);
        } else {
            items.put(key, new Held(value.clone(), ++lastToken, Long.MAX_VALUE));
        }
    }

    private @Nullable Held alive(String key) {
        if (dead) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, name + " is dead");
        }
        Held held = items.get(key);
        return held == null || held.untilMillis <= time.wallMillis() ? null : held;
    }

    private Held held(byte[] value, int expirySeconds) {
        long until = expirySeconds == 0 ? Long.MAX_VALUE : time.wallMillis() + expirySeconds * 1000L;
        return new Held(value.clone(), ++lastToken, until);
    }

    /** A client's view; closing it leaves the others alone. */
    Node client() {
        return client(() -> {}, what -> {});
    }

    String name() {
        return name;
    }

    /**
     * @param before is run before each call, by the thread that makes it
     * @param trace hears what came of each call
     */
    Node client(Runnable before, java.util.function.Consumer<String> trace) {
        return new Node() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public @Nullable Item get(String key) {
                before.run();
                synchronized (FakeNode.this) {
                    Held held = alive(key);
                    trace.accept(name + " get " + (held == null ? null : held.token));
                    return held;
                }
            }

            @Override
            public boolean add(String key, byte[] value, int expirySeconds) {
                before.run();
                synchronized (FakeNode.this) {
                    if (alive(key) != null) {
                        trace.accept(name + " add: there is one");
                        return false;
                    }
                    items.put(key, held(value, expirySeconds));
                    trace.accept(name + " written " + lastToken);
                    return true;
                }
            }

            @Override
            public boolean replace(String key, Item read, byte[] value, int expirySeconds) {
                before.run();
                synchronized (FakeNode.this) {
                    Held held = alive(key);
                    if (held == null || held.token != ((Held) read).token) {
                        trace.accept(name + " cas " + ((Held) read).token + ": changed");
                        return false;
                    }
                    items.put(key, held(value, expirySeconds));
                    trace.accept(name + " written " + lastToken);
                    return true;
                }
            }

            @Override
            public boolean delete(String key, Item read) {
                before.run();
                synchronized (FakeNode.this) {
                    Held held = alive(key);
                    return held != null && held.token == ((Held) read).token && items.remove(key) != null;
                }
            }

            @Override
            public boolean isUp() {
                synchronized (FakeNode.this) {
                    return !dead;
                }
            }

            @Override
            public void close() {}
        };
    }
}
