package dev.holdfast.redis.server;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.RedisInputStream;

/**
 * Reads what a server answers (RESP2). Unlike Jedis' own reader it allocates no more than has arrived, whatever sizes the
 * server announces, goes no deeper than our scripts, and answers an error as a value, since one in a pipeline is no reason
 * to stop reading. No state.
 */
final class Replies {

    private static final int DEEPEST = 8;
    private static final int PIECE = 64 * 1024;
    /** Redis' own limit of one value. */
    private static final int LONGEST = 512 * 1024 * 1024;

    /** The other side does not speak Redis' protocol. */
    static final class OtherProtocol extends JedisConnectionException {

        private static final long serialVersionUID = 1;

        OtherProtocol(String message) {
            super(message);
        }
    }

    private Replies() {}

    /**
     * @return {@code Long}, {@code byte[]}, {@code List} of these, {@link ErrorReply}, or null
     * @throws JedisConnectionException if the connection is of no more use
     */
    static @Nullable Object read(RedisInputStream in) {
        return read(in, 0);
    }

    private static @Nullable Object read(RedisInputStream in, int depth) {
        byte type = in.readByte();
        return switch (type) {
            case '+' -> in.readLineBytes();
            case '-' -> new ErrorReply(in.readLine());
            case ':' -> number(in);
            case '$' -> bytes(in);
            case '*' -> list(in, depth);
            case 'H' ->
                throw new OtherProtocol("the other side speaks HTTP, not Redis' protocol; correct host and port");
            case 0x15 ->
                throw new OtherProtocol("the other side speaks TLS; write rediss instead of redis in the address");
            default -> throw new OtherProtocol("the other side does not speak Redis' protocol; correct host and port");
        };
    }

    private static long number(RedisInputStream in) {
        String line = in.readLine();
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            throw new OtherProtocol("the server sent something else where a number belongs");
        }
    }

    private static byte @Nullable [] bytes(RedisInputStream in) {
        long length = number(in);
        if (length == -1) {
            return null;
        }
        if (length < 0 || length > LONGEST) {
            throw new OtherProtocol("the server announced a value of " + length + " bytes");
        }
        byte[] value;
        if (length <= PIECE) {
            value = new byte[(int) length];
            fill(in, value, value.length);
        } else {
            ByteArrayOutputStream all = new ByteArrayOutputStream(PIECE * 2);
            byte[] piece = new byte[PIECE];
            for (long left = length; left > 0; left -= piece.length) {
                int size = (int) Math.min(piece.length, left);
                fill(in, piece, size);
                all.write(piece, 0, size);
            }
            value = all.toByteArray();
        }
        if (in.readByte() != '\r' || in.readByte() != '\n') {
            throw new OtherProtocol("the server sent a value that is longer than it said");
        }
        return value;
    }

    private static void fill(RedisInputStream in, byte[] target, int length) {
        for (int offset = 0; offset < length; ) {
            int size = in.read(target, offset, length - offset);
            if (size < 0) {
                throw new JedisConnectionException("the server closed the connection in the middle of an answer");
            }
            offset += size;
        }
    }

    private static @Nullable List<@Nullable Object> list(RedisInputStream in, int depth) {
        long size = number(in);
        if (size == -1) {
            return null;
        }
        if (size < 0 || size > Integer.MAX_VALUE || depth >= DEEPEST) {
            throw new OtherProtocol("the server announced a list of " + size + " values, in " + depth + " others");
        }
        List<@Nullable Object> list = new ArrayList<>((int) Math.min(size, 256));
        for (long i = 0; i < size; i++) {
            list.add(read(in, depth + 1));
        }
        return list;
    }
}
