package dev.holdfast.peer.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sealed packets of one member: greets before it sends, and opens what comes. Knows no network: peers are whatever names
 * them, and what has to be sent is handed back. Thread-safe.
 *
 * <p>Packets: {@code GREETING} (who I am, a nonce, sealed with each of my keys), answered by {@code WELCOME} (both nonces, a number
 * for the channel; sealed with the key in common) or by {@code REFUSED} (why; whoever gets it only logs it, as anybody could have
 * sent it). Then {@code DATA} (channel, number, payload, seal). {@code UNKNOWN} answers data of a channel that is not known here,
 * as after a restart: its sender greets again. What is sent before the welcome waits, a little of it.
 */
final class Sealing {

    /** What members say to each other; grows when it changes so that they no longer understand each other. */
    static final int FORMAT = 4;

    private static final int GREETING = 1;
    private static final int WELCOME = 2;
    private static final int DATA = 3;
    private static final int REFUSED = 4;
    private static final int UNKNOWN = 5;

    private static final int DATA_HEAD = 1 + 4 + 8;
    private static final int WAITING_PACKETS = 1_000;
    private static final long WAITING_BYTES = 4 << 20;
    /** Who answers after this time does not want what was said before. */
    private static final long WAITING_NANOS = 3_000_000_000L;

    private static final int MOST_PEERS = 10_000;
    private static final long GREET_AGAIN_NANOS = 300_000_000;
    private static final long LEAST_BETWEEN_NANOS = 100_000_000;

    /** Why a greeting was refused. The order is part of the format. */
    private enum Reason {
        SECRET("it has another secret (the filter's setting secret), or only one of the two has one"),
        LIBRARY("it runs JGroups "),
        SETTINGS("it has other settings: "),
        FORMAT("it is of a release of Holdfast that speaks otherwise"),
        CLUSTER("it belongs to another cluster or application");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    /**
     * What has become of a packet.
     *
     * @param payload null if it brought none; the part of the packet from {@code offset} on
     * @param replies to send to where it came from
     * @param strange what to say of a packet that nobody of this cluster sends; null if there is nothing
     * @param refused what to say of a member that does not belong together with this one; null if there is nothing
     * @param from the instance that sent the payload; null if there is none
     */
    record Arrived(
            byte @Nullable [] payload,
            int offset,
            int length,
            List<byte[]> replies,
            @Nullable String strange,
            @Nullable String refused,
            byte @Nullable [] from) {

        static final Arrived NOTHING = reply();

        static Arrived reply(byte[]... replies) {
            return new Arrived(null, 0, 0, List.of(replies), null, null, null);
        }

        static Arrived strange(String what) {
            return new Arrived(null, 0, 0, List.of(), what, null, null);
        }
    }

    /** The way to one peer. Guarded by itself. */
    private static final class Way {
        private @Nullable Greeting greeting;
        private long greetedNanos;
        private @Nullable Seal seal;
        /** The instance that gave the welcome. */
        private byte @Nullable [] welcomedBy;

        private int channel;
        private long lastNumber;
        private final List<byte[]> waiting = new ArrayList<>();
        private long waitingBytes;
        private long waitingSinceNanos;
    }

    /** What comes from one peer on one channel. The window is guarded by this. */
    private static final class Channel {
        private final int number;
        private final Greeting greeting;
        private final Seal seal;
        private final byte[] welcome;
        private final Window window = new Window();

        Channel(int number, Greeting greeting, Seal seal, byte[] welcome) {
            this.number = number;
            this.greeting = greeting;
            this.seal = seal;
            this.welcome = welcome;
        }
    }

    /** The channels of one peer: nothing but a packet with its seal makes a greeted one replace the one in use. */
    private static final class Channels {
        private @Nullable Channel greeted;
        private @Nullable Channel inUse;
        /** Packets of it may still be on their way. */
        private @Nullable Channel before;
    }

    private final MemberKeys keys;
    private final String cluster;
    private final String settings;
    private final int library;
    private final IntPredicate isUnderstood;
    private final IntFunction<String> libraryName;
    private final LongSupplier nanos;
    private final byte[] instance;
    private final SecureRandom random = new SecureRandom();

    /** Guarded by itself. */
    private final Map<Object, Way> ways = new LinkedHashMap<>();

    /** Guarded by this. */
    private final Map<Object, Channels> peers = new LinkedHashMap<>();

    /** Guarded by this. */
    private final Map<Integer, Channel> channels = new HashMap<>();

    /**
     * @param cluster and {@code settings} at most 200 ASCII characters, alike on all members
     * @param library the version of the library above this
     * @param isUnderstood whether another version of it understands this one
     * @param libraryName a version, for messages
     * @param instance names this start of the process, for ever; {@link Greeting#RANDOM} random bytes
     */
    Sealing(
            MemberKeys keys,
            String cluster,
            String settings,
            int library,
            IntPredicate isUnderstood,
            IntFunction<String> libraryName,
            LongSupplier nanos,
            byte[] instance) {
        this.keys = keys;
        this.cluster = cluster;
        this.settings = settings;
        this.library = library;
        this.isUnderstood = isUnderstood;
        this.libraryName = libraryName;
        this.nanos = nanos;
        this.instance = instance.clone();
    }

    static byte[] newInstance() {
        return random(new SecureRandom());
    }

    private byte[] random() {
        return random(random);
    }

    private static byte[] random(SecureRandom random) {
        byte[] bytes = new byte[Greeting.RANDOM];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The instance to which {@link #outgoing} seals now; null while there is none. */
    byte @Nullable [] welcomedBy(Object peer) {
        Way way = way(peer);
        synchronized (way) {
            return way.seal == null ? null : way.welcomedBy;
        }
    }

    /** Nothing will come from this peer any more, and nothing go there. */
    void forget(Object peer) {
        synchronized (ways) {
            ways.remove(peer);
        }
        synchronized (this) {
            Channels known = peers.remove(peer);
            if (known != null) {
                forget(known.greeted);
                forget(known.inUse);
                forget(known.before);
            }
        }
    }

    /** @return what to send to {@code peer} now, in any order */
    List<byte[]> outgoing(Object peer, byte[] data, int offset, int length) {
        Way way = way(peer);
        synchronized (way) {
            if (way.seal != null) {
                return List.of(sealed(way, way.seal, data, offset, length));
            }
            long now = nanos.getAsLong();
            if (!way.waiting.isEmpty() && now - way.waitingSinceNanos > WAITING_NANOS) {
                way.waiting.clear();
                way.waitingBytes = 0;
            }
            if (way.waiting.isEmpty()) {
                way.waitingSinceNanos = now;
            }
            way.waiting.add(Arrays.copyOfRange(data, offset, offset + length));
            way.waitingBytes += length;
            while (way.waiting.size() > WAITING_PACKETS || way.waitingBytes > WAITING_BYTES) {
                way.waitingBytes -= way.waiting.remove(0).length;
            }
            boolean again = now - way.greetedNanos > GREET_AGAIN_NANOS;
            return way.greeting == null || again ? List.of(greet(way)) : List.of();
        }
    }

    /** It could not be sent: what waits is old by the time that the peer is there. */
    void unreachable(Object peer) {
        Way way = way(peer);
        synchronized (way) {
            way.waiting.clear();
            way.waitingBytes = 0;
            way.greeting = null;
            way.seal = null;
        }
    }

    private Way way(Object peer) {
        synchronized (ways) {
            Way way = ways.get(peer);
            if (way == null) {
                way = new Way();
                way.greetedNanos = nanos.getAsLong() - GREET_AGAIN_NANOS;
                ways.put(peer, way);
                if (ways.size() > MOST_PEERS) {
                    Iterator<Object> eldest = ways.keySet().iterator();
                    eldest.next();
                    eldest.remove();
                }
            }
            return way;
        }
    }

    /** What comes makes no ways: whoever makes up ten thousand senders would end all that are there. */
    private @Nullable Way knownWay(Object peer) {
        synchronized (ways) {
            return ways.get(peer);
        }
    }

    /** The same greeting until it is answered: an answer that takes longer than the patience here is still one to it. */
    private byte[] greet(Way way) {
        Greeting greeting = way.greeting;
        if (greeting == null) {
            greeting = new Greeting(FORMAT, library, instance, random(), cluster, settings);
            way.greeting = greeting;
        }
        way.greetedNanos = nanos.getAsLong();
        return keys.sealed(greeting.bytes(GREETING));
    }

    private static byte[] sealed(Way way, Seal seal, byte[] data, int offset, int length) {
        byte[] packet = new byte[DATA_HEAD + length + seal.length()];
        ByteBuffer.wrap(packet)
                .put((byte) DATA)
                .putInt(way.channel)
                .putLong(++way.lastNumber)
                .put(data, offset, length);
        byte[] on = seal.of(packet, 0, DATA_HEAD + length);
        System.arraycopy(on, 0, packet, DATA_HEAD + length, on.length);
        return packet;
    }

    /** Never throws, whatever the packet is, and allocates no more than a small multiple of it. */
    Arrived incoming(Object peer, byte[] packet) {
        if (packet.length < 5) {
            return Arrived.strange("a packet of " + packet.length + " bytes");
        }
        return switch (packet[0]) {
            case GREETING -> greeted(peer, packet);
            case WELCOME -> welcomed(peer, packet);
            case DATA -> data(peer, packet);
            case REFUSED -> refused(peer, packet);
            case UNKNOWN -> unknown(peer, packet);
            default -> Arrived.strange("a packet of an unknown kind");
        };
    }

    private Arrived greeted(Object peer, byte[] packet) {
        MemberKeys.Opened opened = keys.open(packet, 0, packet.length);
        Greeting greeting =
                opened.seals == MemberKeys.Seals.DAMAGED ? null : Greeting.read(packet, Math.max(1, opened.length));
        if (greeting == null) {
            return Arrived.strange("a damaged greeting");
        }
        Reason reason = objection(greeting, opened);
        if (reason != null) {
            String detail = reason == Reason.LIBRARY
                    ? libraryName.apply(greeting.library())
                    : reason == Reason.SETTINGS ? greeting.settings() : "";
            String mine =
                    reason == Reason.LIBRARY ? libraryName.apply(library) : reason == Reason.SETTINGS ? settings : "";
            byte[] text = mine.getBytes(StandardCharsets.US_ASCII);
            byte[] reply = ByteBuffer.allocate(3 + Greeting.RANDOM + text.length)
                    .put((byte) REFUSED)
                    .put((byte) reason.ordinal())
                    .put(greeting.nonce())
                    .put((byte) text.length)
                    .put(text)
                    .array();
            return new Arrived(
                    null,
                    0,
                    0,
                    List.of(reply),
                    null,
                    peer + " does not belong to this cluster: " + reason.text + detail,
                    null);
        }
        if (Arrays.equals(greeting.instance(), instance)) {
            return Arrived.strange("its own greeting");
        }
        return Arrived.reply(welcome(peer, greeting, opened));
    }

    private @Nullable Reason objection(Greeting greeting, MemberKeys.Opened opened) {
        if (greeting.format() != FORMAT) {
            return Reason.FORMAT;
        }
        if (!greeting.cluster().equals(cluster)) {
            return Reason.CLUSTER;
        }
        if (opened.seals != MemberKeys.Seals.OURS) {
            return Reason.SECRET;
        }
        if (!isUnderstood.test(greeting.library())) {
            return Reason.LIBRARY;
        }
        return greeting.settings().equals(settings) ? null : Reason.SETTINGS;
    }

    private synchronized byte[] welcome(Object peer, Greeting greeting, MemberKeys.Opened opened) {
        Channels known = peers.get(peer);
        if (known == null) {
            known = new Channels();
            peers.put(peer, known);
            if (peers.size() > MOST_PEERS) {
                Iterator<Channels> eldest = peers.values().iterator();
                Channels gone = eldest.next();
                eldest.remove();
                forget(gone.greeted);
                forget(gone.inUse);
                forget(gone.before);
            }
        }
        for (Channel already : new Channel[] {known.greeted, known.inUse}) {
            if (already != null && already.greeting.isSameAs(greeting)) {
                return already.welcome;
            }
        }
        int number = 0;
        while (number == 0 || channels.containsKey(number)) {
            number = random.nextInt();
        }
        byte[] agreed = agreed(greeting, random(), instance, number);
        Seal onGreeting = keys.greeting(opened.key);
        if (onGreeting == null) {
            throw new IllegalStateException("a greeting was opened by no key");
        }
        byte[] head = ByteBuffer.allocate(2 + agreed.length)
                .put((byte) WELCOME)
                .put((byte) opened.theirKey)
                .put(agreed)
                .array();
        byte[] on = onGreeting.of(head, 0, head.length);
        byte[] welcome = Arrays.copyOf(head, head.length + on.length);
        System.arraycopy(on, 0, welcome, head.length, on.length);
        Channel channel = new Channel(number, greeting, keys.channel(opened.key, agreed), welcome);
        forget(known.greeted);
        known.greeted = channel;
        channels.put(number, channel);
        return welcome;
    }

    private void forget(@Nullable Channel channel) {
        if (channel != null) {
            channels.remove(channel.number);
        }
    }

    /** What both have contributed, and thus what the key of the channel is made of. */
    private static byte[] agreed(Greeting greeting, byte[] nonce, byte[] welcoming, int number) {
        return ByteBuffer.allocate(4 * Greeting.RANDOM + 4)
                .put(greeting.nonce())
                .put(greeting.instance())
                .put(nonce)
                .put(welcoming)
                .putInt(number)
                .array();
    }

    private Arrived welcomed(Object peer, byte[] packet) {
        int agreedLength = 4 * Greeting.RANDOM + 4;
        int key = packet[1];
        Seal seal = keys.greeting(key);
        if (seal == null || packet.length != 2 + agreedLength + seal.length() || !seal.isOn(packet, 0, packet.length)) {
            return Arrived.strange("a welcome with a wrong seal");
        }
        byte[] agreed = Arrays.copyOfRange(packet, 2, 2 + agreedLength);
        Way way = knownWay(peer);
        if (way == null) {
            return Arrived.NOTHING;
        }
        synchronized (way) {
            Greeting greeting = way.greeting;
            if (greeting == null
                    || way.seal != null
                    || !Arrays.equals(agreed, 0, Greeting.RANDOM, greeting.nonce(), 0, Greeting.RANDOM)
                    || !Arrays.equals(agreed, Greeting.RANDOM, 2 * Greeting.RANDOM, instance, 0, Greeting.RANDOM)) {
                // A second answer to the same greeting, or one to an earlier one.
                return Arrived.NOTHING;
            }
            way.welcomedBy = Arrays.copyOfRange(agreed, 3 * Greeting.RANDOM, 4 * Greeting.RANDOM);
            way.channel = ByteBuffer.wrap(agreed).getInt(4 * Greeting.RANDOM);
            way.lastNumber = 0;
            Seal ours = keys.channel(key, agreed);
            way.seal = ours;
            byte[][] waiting = way.waiting.stream()
                    .map(data -> sealed(way, ours, data, 0, data.length))
                    .toArray(byte[][]::new);
            way.waiting.clear();
            way.waitingBytes = 0;
            return Arrived.reply(waiting);
        }
    }

    private Arrived data(Object peer, byte[] packet) {
        int number = ByteBuffer.wrap(packet).getInt(1);
        Channel channel;
        synchronized (this) {
            channel = channels.get(number);
        }
        if (channel == null) {
            return Arrived.reply(
                    ByteBuffer.allocate(5).put((byte) UNKNOWN).putInt(number).array());
        }
        int end = packet.length - channel.seal.length();
        if (end < DATA_HEAD || !channel.seal.isOn(packet, 0, packet.length)) {
            return Arrived.strange("a packet with a wrong seal");
        }
        synchronized (channel) {
            if (!channel.window.accept(ByteBuffer.wrap(packet).getLong(5))) {
                return Arrived.strange("a packet that has come before");
            }
        }
        use(peer, channel);
        return new Arrived(packet, DATA_HEAD, end - DATA_HEAD, List.of(), null, null, channel.greeting.instance());
    }

    private synchronized void use(Object peer, Channel channel) {
        Channels known = peers.get(peer);
        if (known != null && known.greeted == channel) {
            forget(known.before);
            known.before = known.inUse;
            known.inUse = channel;
            known.greeted = null;
        }
    }

    private Arrived refused(Object peer, byte[] packet) {
        int reason = packet[1];
        if (packet.length < 3 + Greeting.RANDOM || reason < 0 || reason >= Reason.values().length) {
            return Arrived.strange("a damaged refusal");
        }
        Way way = knownWay(peer);
        if (way == null) {
            return Arrived.NOTHING;
        }
        synchronized (way) {
            Greeting greeting = way.greeting;
            if (greeting == null
                    || way.seal != null
                    || !Arrays.equals(greeting.nonce(), Arrays.copyOfRange(packet, 2, 2 + Greeting.RANDOM))) {
                return Arrived.NOTHING;
            }
        }
        int length = packet[2 + Greeting.RANDOM] & 0xff;
        if (packet.length != 3 + Greeting.RANDOM + length) {
            return Arrived.strange("a damaged refusal");
        }
        String detail = Greeting.text(ByteBuffer.wrap(packet, 2 + Greeting.RANDOM, length + 1));
        return new Arrived(
                null,
                0,
                0,
                List.of(),
                null,
                peer + " does not let this member in: " + Reason.values()[reason].text + detail,
                null);
    }

    private Arrived unknown(Object peer, byte[] packet) {
        Way way = knownWay(peer);
        if (way == null) {
            return Arrived.NOTHING;
        }
        synchronized (way) {
            boolean mine = way.seal != null
                    && packet.length == 5
                    && way.channel == ByteBuffer.wrap(packet).getInt(1);
            // Anybody can send this: it makes nobody greet more often than that.
            if (!mine || nanos.getAsLong() - way.greetedNanos < LEAST_BETWEEN_NANOS) {
                return Arrived.NOTHING;
            }
            way.seal = null;
            way.greeting = null;
            return Arrived.reply(greet(way));
        }
    }
}
