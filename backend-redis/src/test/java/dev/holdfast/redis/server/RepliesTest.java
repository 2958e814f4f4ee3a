package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.RedisInputStream;

/** Whatever a server sends ends in an answer or in a JedisConnectionException, and in no more memory than it sent. */
class RepliesTest {

    @Test
    void everyKindOfAnswer() {
        assertThat(read("+OK\r\n")).isEqualTo("OK".getBytes(StandardCharsets.US_ASCII));
        assertThat(read(":-42\r\n")).isEqualTo(-42L);
        assertThat(read("$3\r\nabc\r\n")).isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(read("$0\r\n\r\n")).isEqualTo(new byte[0]);
        assertThat(read("$-1\r\n")).isNull();
        assertThat(read("*-1\r\n")).isNull();
        assertThat(read("*0\r\n")).isEqualTo(List.of());
        assertThat(read("-ERR no\r\n")).isEqualTo(new ErrorReply("ERR no"));
        assertThat((List<?>) read("*3\r\n:1\r\n-MOVED 1 h:1\r\n*1\r\n$-1\r\n")).hasSize(3);
    }

    @Test
    void aLargeValueArrivesWhole() {
        String large = "0123456789".repeat(30_000);
        assertThat(read("$" + large.length() + "\r\n" + large + "\r\n"))
                .isEqualTo(large.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void sizesThatAServerOnlyAnnouncesCostNothing() {
        for (String hostile : new String[] {
            "$2147483647\r\nx",
            "$536870912\r\nx",
            "*2147483647\r\n:1\r\n",
            "$99999999999999999999\r\n",
            "*-2\r\n",
            "$-2\r\n",
            "*x\r\n",
            ":\r\n",
            "$\r\n",
            "*1\r\n".repeat(100_000),
            "$3\r\nabcd\r\n",
            "%1\r\n:1\r\n:1\r\n",
            ">1\r\n:1\r\n",
            "HTTP/1.1 400",
            "\u0015\u0003",
            ""
        }) {
            assertThatThrownBy(() -> read(hostile))
                    .as(hostile.substring(0, Math.min(20, hostile.length())))
                    .isInstanceOf(JedisConnectionException.class);
        }
    }

    @Test
    void randomBytesEndInAnAnswerOrAnException() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] alphabet = "+-:$*0123456789\r\n\r\nab".getBytes(StandardCharsets.US_ASCII);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            try {
                Replies.read(new RedisInputStream(new ByteArrayInputStream(bytes)));
            } catch (JedisConnectionException e) {
                // As it should be.
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    @Test
    void anErrorIsExplainedWithoutTheArgumentsThatItRepeats() {
        ErrorReply error = new ErrorReply("ERR unknown command 'XX', with args beginning with: 'key' 's3cret' ");
        assertThat(error.explained("XX")).contains("unknown command").doesNotContain("s3cret");
        assertThat(new ErrorReply("ERR \u0007\u001b[31m" + "x".repeat(1000)).explained("XX"))
                .hasSizeLessThan(300)
                .doesNotContain("\u001b");
        assertThat(new ErrorReply("").explained("XX")).contains("XX");
        assertThat(new ErrorReply("moved x").code()).isEqualTo("ERR");
    }

    private static Object read(String bytes) {
        return Replies.read(
                new RedisInputStream(new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1))));
    }
}
