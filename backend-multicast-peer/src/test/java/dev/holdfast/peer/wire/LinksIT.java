package dev.holdfast.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinksIT {

    private static final int PACKETS = Integer.getInteger("holdfast.test.packets", 100_000) / 10;
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final byte[] SECRET = Arrays.copyOf(new byte[] {1}, 32);
    private static final byte[] OTHER = Arrays.copyOf(new byte[] {2}, 32);

    private static final class Process implements Links.Listener, AutoCloseable {
        final UUID id = UUID.randomUUID();
        final Links links;
        /** Eight bytes each: a number, by whoever sent it. */
        final Queue<Long> got = new ConcurrentLinkedQueue<>();

        final Queue<UUID> from = new ConcurrentLinkedQueue<>();
        final Queue<String> told = new ConcurrentLinkedQueue<>();
        final Queue<UUID> broken = new ConcurrentLinkedQueue<>();

        Process(byte[]... secrets) throws IOException {
            links = new Links(id, HERE, List.of(0), new MemberKeys(List.of(secrets), "shop"), "shop", "", "test", this);
        }

        InetSocketAddress where() {
            return new InetSocketAddress(HERE, links.port());
        }

        @Override
        public void together(Runnable work) {
            work.run();
        }

        @Override
        public void received(UUID by, byte[] bytes, int offset, int length) {
            ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
            while (in.hasRemaining()) {
                from.add(by);
                got.add(in.getLong());
                int padding = in.getInt();
                in.position(in.position() + padding);
            }
        }

        boolean send(UUID to, long number, int padding) {
            return links.send(
                    to,
                    ByteBuffer.allocate(12 + padding)
                            .putLong(number)
                            .putInt(padding)
                            .array());
        }

        @Override
        public void strange(String what) {
            told.add(what);
        }

        @Override
        public void refused(String who) {
            told.add(who);
        }

        @Override
        public void trouble(String what) {
            told.add(what);
        }

        @Override
        public void broken(UUID member) {
            broken.add(member);
        }

        @Override
        public void close() {
            links.close();
        }
    }

    /** Between the two ends of a connection: keeps what it carries, and stops when it is told to. */
    private static final class Between implements AutoCloseable {
        final ServerSocket server = new ServerSocket(0, 10, HERE);
        final ByteArrayOutputStream carried = new ByteArrayOutputStream();
        volatile boolean stopped;

        Between(InetSocketAddress to) throws IOException {
            Thread thread = new Thread(() -> {
                try (Socket one = server.accept();
                        Socket other = new Socket(to.getAddress(), to.getPort())) {
                    Thread back = new Thread(() -> carry(other, one, new ByteArrayOutputStream()));
                    back.setDaemon(true);
                    back.start();
                    carry(one, other, carried);
                } catch (IOException ended) {
                    carried.reset();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private void carry(Socket one, Socket other, ByteArrayOutputStream keeping) {
            byte[] bytes = new byte[1 << 16];
            try (InputStream in = one.getInputStream()) {
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    while (stopped) {
                        LockSupport.parkNanos(10_000_000);
                    }
                    synchronized (keeping) {
                        keeping.write(bytes, 0, count);
                    }
                    other.getOutputStream().write(bytes, 0, count);
                }
            } catch (IOException ended) {
                // As both ends see.
            }
        }

        byte[] carried() {
            synchronized (carried) {
                return carried.toByteArray();
            }
        }

        InetSocketAddress where() {
            return new InetSocketAddress(HERE, server.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    private Process start(byte[]... secrets) throws IOException {
        Process process = new Process(secrets);
        toClose.add(process);
        return process;
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not " + what + " within 30 s");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatManyThreadsSendArrivesOnceEachAndInOrderAndSharesPackets(boolean secret) throws Exception {
        byte[][] secrets = secret ? new byte[][] {SECRET} : new byte[0][];
        Process a = start(secrets);
        Process b = start(secrets);
        a.links.connect(b.id, b.where());
        // A large one, at the first moment at which one may be sent.
        await("open", () -> a.send(b.id, -1, 100_000));
        int threads = 8;
        int each = 2_000;
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            running.add(new Thread(() -> {
                Random random = new Random(thread);
                for (int i = 0; i < each; i++) {
                    // Some fill the socket, so that the rest is written later by another thread.
                    a.send(b.id, (long) thread * each + i, random.nextInt(500) == 0 ? 500_000 : random.nextInt(300));
                }
            }));
        }
        running.forEach(Thread::start);
        for (Thread thread : running) {
            thread.join();
        }
        await("all there", () -> b.got.size() == 1 + threads * each);
        long[] last = new long[threads];
        Arrays.fill(last, -1);
        for (long number : b.got) {
            if (number >= 0) {
                int thread = (int) (number / each);
                assertThat(number % each).isEqualTo(last[thread] + 1);
                last[thread] = number % each;
            }
        }
        assertThat(b.from).containsOnly(a.id);
        assertThat(a.links.packetsSent()).isLessThan(threads * each);
    }

    @Test
    void withoutTheSecretThereIsNoLink() throws Exception {
        Process a = start(OTHER);
        Process b = start(SECRET);
        a.links.connect(b.id, b.where());
        await("refused", () -> b.told.stream().anyMatch(line -> line.contains("another secret")));
        assertThat(a.send(b.id, 1, 0)).isFalse();
        assertThat(b.got).isEmpty();
    }

    @Test
    void whoIsSomebodyElseThanExpectedGetsNothing() throws Exception {
        Process a = start(SECRET);
        Process b = start(SECRET);
        UUID another = UUID.randomUUID();
        a.links.connect(another, b.where());
        a.links.connect(b.id, b.where());
        await("open", () -> a.send(b.id, 1, 0));
        assertThat(a.send(another, 2, 0)).isFalse();
        await("there", () -> b.got.size() == 1);
    }

    @Test
    void aRecordedConnectionIsOfNoUse() throws Exception {
        Process a = start(SECRET);
        Process b = start(SECRET);
        Between between = new Between(b.where());
        toClose.add(between);
        a.links.connect(b.id, between.where());
        await("open", () -> a.send(b.id, 1, 0));
        assertThat(a.send(b.id, 2, 0)).isTrue();
        await("there", () -> b.got.size() == 2);
        try (Socket again = new Socket(HERE, b.links.port())) {
            again.getOutputStream().write(between.carried());
            again.setSoTimeout(10_000);
            // Until it hangs up.
            again.getInputStream().readAllBytes();
        }
        assertThat(b.got).containsExactly(1L, 2L);
        assertThat(a.send(b.id, 3, 0)).isTrue();
        await("there", () -> b.got.size() == 3);
    }

    @Test
    void nobodyWaitsForAMemberThatTakesNothingAnyMore() throws Exception {
        Process a = start(SECRET);
        Process b = start(SECRET);
        Between between = new Between(b.where());
        toClose.add(between);
        a.links.connect(b.id, between.where());
        await("open", () -> a.send(b.id, 1, 0));
        between.stopped = true;
        for (int i = 0; i < 100; i++) {
            a.send(b.id, i, 1 << 20);
        }
        // It has more to keep for that member than it may, and goes another way.
        a.links.retain(List.of());
        assertThat(a.send(b.id, 1, 0)).isFalse();
        between.stopped = false;
    }

    @Test
    void aNewConnectionIsMadeWhenOneEnds() throws Exception {
        Process a = start(SECRET);
        Process b = start(SECRET);
        a.links.connect(b.id, b.where());
        await("open", () -> a.send(b.id, 1, 0));
        a.links.doubt(b.id);
        assertThat(a.send(b.id, 2, 0)).isFalse();
        await("open again", () -> a.send(b.id, 3, 0));
        await("there", () -> b.got.contains(3L));
        // It has ended the first one itself: that says nothing of the other.
        assertThat(a.broken).isEmpty();
        b.links.retain(List.of());
        await("noticed", () -> !a.broken.isEmpty());
        assertThat(a.broken).containsOnly(b.id);
        await("open again", () -> a.send(b.id, 5, 0));
        await("there", () -> b.got.contains(5L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void strangersDoNoHarm(boolean secret) throws Exception {
        byte[][] secrets = secret ? new byte[][] {SECRET} : new byte[0][];
        Process a = start(secrets);
        Process b = start(secrets);
        a.links.connect(b.id, b.where());
        await("open", () -> a.send(b.id, 1, 0));
        Random random = new Random(5);
        for (int left = PACKETS; left > 0; ) {
            left -= attack(b.links.port(), random, Math.min(left, 200));
        }
        assertThat(a.send(b.id, 2, 0)).isTrue();
        await("there", () -> b.got.size() == 2);
        assertThat(b.got).containsExactly(1L, 2L);
    }

    private static int attack(int port, Random random, int packets) {
        int sent = 0;
        try (Socket socket = new Socket(HERE, port)) {
            for (; sent < packets; sent++) {
                byte[] packet = new byte[random.nextInt(sent % 50 == 0 ? 65_536 : 200)];
                random.nextBytes(packet);
                if (packet.length > 0) {
                    packet[0] = (byte) random.nextInt(7);
                }
                int length = random.nextInt(50) == 0 ? random.nextInt() : packet.length;
                socket.getOutputStream()
                        .write(ByteBuffer.allocate(4 + packet.length)
                                .putInt(length)
                                .put(packet)
                                .array());
            }
        } catch (IOException hungUp) {
            return sent + 1;
        }
        return Math.max(1, sent);
    }
}
