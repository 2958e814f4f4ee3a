package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A memcached in this JVM, seen by any number of clients, which can be killed, and started again empty: then it hands out the
 * same numbers again, but tokens of the connections before are worth nothing.
 */
final class FakeNode {

    private final String name;
    private final TimeSource time;
    private final Map<String, Held> items = new HashMap<>();
    private long lastToken;
    private int life;
    private boolean dead;
    private long connections = 1;
    private boolean tellsTokens = true;
    private int largestItem = Integer.MAX_VALUE;
    private int toldLargestItem = Integer.MAX_VALUE;

    FakeNode(String name, TimeSource time) {
        this.name = name;
        this.time = time;
    }

    /** @param life a connection does not outlive the server's */
    record Token(long number, int life) implements Node.Token {}

    private record Held(byte[] value, Token token, long untilMillis) implements Node.Item {}

    synchronized void kill() {
        dead = true;
        items.clear();
        lastToken = 0;
        life++;
    }

    synchronized void cutOff() {
        dead = true;
    }

    synchronized void start() {
        dead = false;
        connections++;
    }

    /** As the text protocol has it. */
    synchronized void keepTokens() {
        tellsTokens = false;
    }

    synchronized void largestItem(int bytes) {
        largestItem = bytes;
        toldLargestItem = bytes;
    }

    /** A limit that is not told beforehand. */
    synchronized void refusesAbove(int bytes) {
        largestItem = bytes;
    }

    synchronized byte @Nullable [] bytes(String key) {
        Held held = items.get(key);
        return held == null ? null : held.value.clone();
    }

    synchronized void put(String key, byte @Nullable [] value) {
        if (value == null) {
            items.remove(key);
        } else {
            items.put(key, new Held(value.clone(), nextToken(), Long.MAX_VALUE));
        }
    }

    /** How long the item under a key has left, in seconds; 0: it does not expire. */
    synchronized long expirySeconds(String key) {
        long until = items.get(key).untilMillis;
        return until == Long.MAX_VALUE ? 0 : (until - time.wallMillis()) / 1000;
    }

    private Token nextToken() {
        return new Token(++lastToken, life);
    }

    private @Nullable Held alive(String key) {
        if (dead) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, name + " is dead");
        }
        Held held = items.get(key);
        return held == null || held.untilMillis <= time.wallMillis() ? null : held;
    }

    private Node.Token write(String key, byte[] value, int expirySeconds) {
        if (value.length > largestItem) {
            throw new StoreException(StoreException.Kind.TOO_LARGE, name + " takes no " + value.length + " bytes");
        }
        long until = expirySeconds == 0 ? Long.MAX_VALUE : time.wallMillis() + expirySeconds * 1000L;
        Token token = nextToken();
        items.put(key, new Held(value.clone(), token, until));
        return tellsTokens ? token : Node.Token.UNKNOWN;
    }

    /** A client's view; closing it leaves the others alone. */
    Node client() {
        return client(() -> {}, () -> false, what -> {});
    }

    String name() {
        return name;
    }

    /**
     * Calls are carried out when their answer is awaited.
     *
     * @param before is run before each call, by the thread that makes it
     * @param losesAnswer asked after each write whether its answer is lost
     * @param trace hears what came of each call
     */
    Node client(Runnable before, BooleanSupplier losesAnswer, Consumer<String> trace) {
        return new Node() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Answer<Item> beginGet(String key) {
                return () -> {
                    before.run();
                    synchronized (FakeNode.this) {
                        Held held = alive(key);
                        trace.accept(name + " get " + (held == null ? null : held.token.number));
                        return held;
                    }
                };
            }

            @Override
            public Answer<Node.Token> beginAdd(String key, byte[] value, int expirySeconds) {
                return () -> {
                    before.run();
                    synchronized (FakeNode.this) {
                        if (alive(key) != null) {
                            trace.accept(name + " add: there is one");
                            return null;
                        }
                        return answered(() -> write(key, value, expirySeconds));
                    }
                };
            }

            @Override
            public Answer<Node.Token> beginReplace(String key, Node.Token read, byte[] value, int expirySeconds) {
                return () -> {
                    before.run();
                    synchronized (FakeNode.this) {
                        Held held = alive(key);
                        if (held == null || !held.token.equals(read)) {
                            trace.accept(name + " cas " + read + ": changed");
                            return null;
                        }
                        return answered(() -> write(key, value, expirySeconds));
                    }
                };
            }

            @Override
            public boolean delete(String key, Node.Token read) {
                before.run();
                synchronized (FakeNode.this) {
                    Held held = alive(key);
                    trace.accept(name + " delete " + read);
                    return held != null && held.token.equals(read) && answered(() -> items.remove(key) != null);
                }
            }

            private <T> T answered(Supplier<T> done) {
                T answer = done.get();
                trace.accept(name + " written " + lastToken);
                if (losesAnswer.getAsBoolean()) {
                    trace.accept(name + " lost the answer");
                    throw new StoreException(StoreException.Kind.TIMEOUT, name + " did not answer");
                }
                return answer;
            }

            @Override
            public void requireFits(String key, int bytes) {
                synchronized (FakeNode.this) {
                    if (bytes > toldLargestItem) {
                        throw new StoreException(StoreException.Kind.TOO_LARGE, name + " takes no " + bytes + " bytes");
                    }
                }
            }

            @Override
            public boolean isUp() {
                synchronized (FakeNode.this) {
                    return !dead;
                }
            }

            @Override
            public long connections() {
                synchronized (FakeNode.this) {
                    return connections;
                }
            }

            @Override
            public void close() {}
        };
    }
}
