package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageCodecTest {

    private static final long NOW = RandomMessages.NOW;

    private final MessageCodec codec = new MessageCodec("shop");

    private MessageCodec.Envelope decode(byte[] bytes, long now) throws WireException {
        return codec.decode(new WireReader(bytes, 0, bytes.length), now);
    }

    @Test
    void everyMessageArrivesAsItWasSent() throws WireException {
        RandomMessages messages = new RandomMessages(1);
        for (int i = 0; i < 5_000; i++) {
            MessageCodec.Envelope sent = messages.next(i);
            byte[] bytes = codec.encode(sent, NOW);
            MessageCodec.Envelope received = decode(bytes, NOW);
            assertThat(received.correlation()).isEqualTo(sent.correlation());
            assertThat(received.epoch()).isEqualTo(sent.epoch());
            assertThat(received.message()).isInstanceOf(sent.message().getClass());
            // Attributes are arrays, which records do not compare by content: their bytes do.
            assertThat(codec.encode(received, NOW)).isEqualTo(bytes);
        }
    }

    @Test
    void aTimeArrivesAsTheSameAgeOnAClockOfAnotherDay() throws WireException {
        RandomMessages messages = new RandomMessages(2);
        SessionKey key = new SessionKey("shop", "k");
        Duration ahead = Duration.ofDays(1);
        for (int i = 0; i < 200; i++) {
            SessionRecord record = messages.record(key);
            byte[] bytes = codec.encode(
                    new MessageCodec.Envelope(1, Epoch.NO_TOKEN, new Message.FetchedIs(key, record, Duration.ZERO)),
                    NOW);
            var received =
                    (Message.FetchedIs) decode(bytes, NOW + ahead.toMillis()).message();
            assertThat(received.record()).isEqualTo(record.onClockAheadBy(ahead));
        }
    }

    @Test
    void oneHundredThousandDamagedMessagesAreReadOrRefusedAndNothingElse() {
        RandomMessages messages = new RandomMessages(3);
        Random random = new Random(4);
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = damage(codec.encode(messages.next(i), NOW), random);
            try {
                MessageCodec.Envelope read = decode(bytes, NOW);
                // What was read can be used: sent on, for example.
                assertThat(codec.encode(read, NOW + 1)).isNotEmpty();
            } catch (WireException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(30_000, 99_999);
    }

    @Test
    void aLengthIsBelievedOnlyAsFarAsBytesFollow() {
        WireWriter out = new WireWriter(16);
        out.oneByte(10);
        out.unsigned(1);
        out.fixedLong(1);
        out.unsigned(Integer.MAX_VALUE);
        assertThatThrownBy(() -> decode(out.toByteArray(), NOW)).isInstanceOf(WireException.class);
    }

    private static byte[] damage(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        switch (random.nextInt(5)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
            case 3 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            default -> {
                for (int i = random.nextInt(bytes.length); i < bytes.length; i++) {
                    bytes[i] = (byte) random.nextInt();
                }
            }
        }
        return bytes;
    }
}
