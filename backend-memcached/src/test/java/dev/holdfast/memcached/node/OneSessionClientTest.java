package dev.holdfast.memcached.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.rubyeye.xmemcached.command.BinaryCommandFactory;
import net.rubyeye.xmemcached.command.CommandType;
import net.rubyeye.xmemcached.command.binary.BinaryGetCommand;
import net.rubyeye.xmemcached.command.binary.OpCode;
import net.rubyeye.xmemcached.transcoders.CachedData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client's thread that reads, held between two answers by a command of the test's own, against a server of sockets. */
@Timeout(60)
class OneSessionClientTest {

    private static final int HEADER = 24;
    private static final int FLAGS = 4;

    /**
     * Whoever waits no longer ends the connection in its own thread, while the client's thread may have read more answers
     * than it has handed out. Here it has read three and hands out the second while the connection is being ended.
     */
    @Test
    void noAnswerGoesToAnotherCommandWhileTheConnectionIsEnded() throws Exception {
        CountDownLatch firstIsAnswered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch thirdIsAnswered = new CountDownLatch(1);
        Get first = new Get("first") {
            @Override
            protected boolean finish() {
                firstIsAnswered.countDown();
                await(goOn);
                return super.finish();
            }
        };
        Get second = new Get("second") {
            /** What xmemcached does to the commands that it takes out of its queue when a connection ends. */
            @Override
            public void setException(Exception ended) {
                goOn.countDown();
                await(thirdIsAnswered);
            }
        };
        Get third = new Get("third") {
            @Override
            protected boolean finish() {
                thirdIsAnswered.countDown();
                return super.finish();
            }
        };
        List<Get> gets = List.of(first, second, third);
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> server = CompletableFuture.runAsync(() -> answerAtOnce(listening, gets));
            OneSessionClient client = OneSessionClient.connect(
                    (InetSocketAddress) listening.getLocalSocketAddress(),
                    new BinaryCommandFactory(),
                    10_000,
                    why -> {});
            try {
                for (Get get : gets) {
                    client.send(get);
                }
                await(firstIsAnswered);

                client.disconnect();

                goOn.countDown();
                await(thirdIsAnswered);
                assertThat(gets).allSatisfy(get -> assertThat(get.value()).isEqualTo("value of " + get.getKey()));
            } finally {
                client.shutdown();
                server.get(60, TimeUnit.SECONDS);
            }
        }
    }

    /** Waits for all requests, and answers them in one packet. */
    private static void answerAtOnce(ServerSocket listening, List<Get> gets) {
        try (Socket socket = listening.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            ByteBuffer answers = ByteBuffer.allocate(1_000);
            for (Get get : gets) {
                in.readFully(new byte[HEADER + get.getKeyBytes().length]);
                byte[] value = ("value of " + get.getKey()).getBytes(StandardCharsets.US_ASCII);
                answers.put((byte) 0x81).put(OpCode.GET.fieldValue()).putShort((short) 0);
                answers.put((byte) FLAGS).put((byte) 0).putShort((short) 0);
                answers.putInt(FLAGS + value.length).putInt(0).putLong(1);
                answers.putInt(0).put(value);
            }
            OutputStream out = socket.getOutputStream();
            out.write(answers.array(), 0, answers.position());
            // until it is closed
            in.skipNBytes(1);
        } catch (IOException ended) {
            // by the client, which resets it
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static class Get extends BinaryGetCommand {

        Get(String key) {
            super(
                    key,
                    key.getBytes(StandardCharsets.US_ASCII),
                    CommandType.GETS_ONE,
                    new CountDownLatch(1),
                    OpCode.GET,
                    false);
        }

        String value() {
            OneSessionClientTest.await(getLatch());
            CachedData data = (CachedData) getResult();
            return data == null ? null : new String(data.getData(), StandardCharsets.US_ASCII);
        }
    }
}
