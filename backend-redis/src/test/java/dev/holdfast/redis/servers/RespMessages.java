package dev.holdfast.redis.servers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Finds where messages end in a stream of RESP2 or RESP3, in whatever pieces it arrives. For one thread. */
final class RespMessages {

    private static final int LONGEST_LINE = 64 * 1024;

    /** Values that are still to come before the message is complete; 0 between messages. */
    private long valuesToCome;

    /** Bytes of a bulk string that are still to come, with its line end. */
    private long bulkToCome;

    private boolean firstBulkSeen;
    private char type;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteArrayOutputStream firstBulk = new ByteArrayOutputStream();

    /**
     * Reads up to the end of a message.
     *
     * @return the index after its last byte; -1 if it does not end before {@code end}, which has all been read then
     * @throws IOException if this is not RESP
     */
    int next(byte[] bytes, int start, int end) throws IOException {
        int at = start;
        while (at < end) {
            if (valuesToCome == 0) {
                valuesToCome = 1;
                type = (char) bytes[at];
                firstBulkSeen = false;
                firstBulk.reset();
            }
            if (bulkToCome > 0) {
                int taken = (int) Math.min(bulkToCome, end - at);
                if (!firstBulkSeen) {
                    firstBulk.write(bytes, at, taken);
                }
                at += taken;
                bulkToCome -= taken;
                if (bulkToCome == 0) {
                    firstBulkSeen = true;
                    valuesToCome--;
                }
            } else {
                byte next = bytes[at++];
                if (next == '\n') {
                    header(line.toString(StandardCharsets.US_ASCII).trim());
                    line.reset();
                } else {
                    line.write(next);
                    if (line.size() > LONGEST_LINE) {
                        throw new IOException("not RESP: a line that does not end");
                    }
                }
            }
            if (valuesToCome == 0) {
                return at;
            }
        }
        return -1;
    }

    /** The first character of the message. */
    char type() {
        return type;
    }

    /** Of a request: the command's name, in capitals. */
    String commandName() {
        return firstBulk.toString(StandardCharsets.UTF_8).trim().toUpperCase(Locale.ROOT);
    }

    private void header(String text) throws IOException {
        if (text.isEmpty()) {
            throw new IOException("not RESP: an empty line");
        }
        switch (text.charAt(0)) {
            case '+', '-', ':', ',', '#', '_', '(' -> valuesToCome--;
            case '$', '=', '!' -> {
                long length = number(text);
                if (length < 0) {
                    valuesToCome--;
                } else {
                    bulkToCome = length + 2;
                }
            }
            case '*', '~', '>' -> valuesToCome += Math.max(0, number(text)) - 1;
            case '%' -> valuesToCome += 2 * Math.max(0, number(text)) - 1;
            // what it describes comes after it, and is the value
            case '|' -> valuesToCome += 2 * Math.max(0, number(text));
            default -> throw new IOException("not RESP: a line that begins with " + (int) text.charAt(0));
        }
    }

    private static long number(String text) throws IOException {
        try {
            return Long.parseLong(text.substring(1));
        } catch (NumberFormatException e) {
            throw new IOException("not RESP: no number after " + text.charAt(0), e);
        }
    }
}
