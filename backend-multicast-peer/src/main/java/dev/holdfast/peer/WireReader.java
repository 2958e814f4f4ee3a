package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * Reads what {@link WireWriter} wrote, trusting nothing: a length is believed only up to the bytes that are there, so no
 * message makes its reader allocate more than its own size. Not thread-safe.
 */
final class WireReader {

    static final Duration LONGEST_AGE = Duration.ofDays(365_000);

    private final byte[] bytes;
    private final int end;
    private int position;

    WireReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    int remaining() {
        return end - position;
    }

    private void need(int count) throws WireException {
        if (remaining() < count) {
            throw new WireException("message ends " + (count - remaining()) + " bytes early");
        }
    }

    int oneByte() throws WireException {
        need(1);
        return bytes[position++] & 0xff;
    }

    boolean bool() throws WireException {
        int value = oneByte();
        if (value > 1) {
            throw new WireException("not a boolean: " + value);
        }
        return value == 1;
    }

    long fixedLong() throws WireException {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (bytes[position++] & 0xff);
        }
        return value;
    }

    long unsigned() throws WireException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = oneByte();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw new WireException("number of more than ten bytes");
    }

    long signed() throws WireException {
        long value = unsigned();
        return value >>> 1 ^ -(value & 1);
    }

    /** How many elements follow, if each takes at least {@code leastSize} bytes (one or more). */
    int count(int leastSize) throws WireException {
        long count = unsigned();
        if (count < 0 || count > remaining() / leastSize) {
            throw new WireException("count " + count + " is more than the " + remaining() + " bytes left can hold");
        }
        return (int) count;
    }

    byte[] block() throws WireException {
        int length = count(1);
        byte[] block = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return block;
    }

    /** A part of the same bytes, read on its own. */
    WireReader part() throws WireException {
        int length = count(1);
        WireReader part = new WireReader(bytes, position, length);
        position += length;
        return part;
    }

    String text() throws WireException {
        int length = count(1);
        ByteBuffer buffer = ByteBuffer.wrap(bytes, position, length);
        position += length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(buffer)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new WireException("text is not UTF-8");
        }
    }

    SessionKey key(String application) throws WireException {
        int length = count(1);
        String opaque = new String(bytes, position, length, StandardCharsets.ISO_8859_1);
        position += length;
        if (!SessionKey.isOpaque(opaque)) {
            throw new WireException("not a session key");
        }
        return new SessionKey(application, opaque);
    }

    Duration duration() throws WireException {
        long seconds = signed();
        long nanos = unsigned();
        if (nanos < 0 || nanos > 999_999_999) {
            throw new WireException("not a duration");
        }
        if (seconds == Long.MIN_VALUE || seconds == Long.MAX_VALUE) {
            // Sums of it would overflow.
            throw new WireException("not a duration");
        }
        return Duration.ofSeconds(seconds, nanos);
    }

    /** An age or a lease: not negative, and short enough to be taken from or added to any time that occurs here. */
    Duration age() throws WireException {
        Duration duration = duration();
        if (duration.isNegative() || duration.compareTo(LONGEST_AGE) > 0) {
            throw new WireException("not an age");
        }
        return duration;
    }

    /** How long ago; negative: yet to come. Never further away than {@link #LONGEST_AGE}. */
    Duration time() throws WireException {
        boolean before = bool();
        return before ? age() : age().negated();
    }

    void requireEnd() throws WireException {
        if (remaining() != 0) {
            throw new WireException(remaining() + " bytes too many");
        }
    }
}
