package dev.holdfast.redis.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * A socket whose reads end at a time, not after a silence: a server that sends a byte now and then would make each single
 * read succeed and the whole last for ever. A layer of TLS reads through it as well.
 *
 * <p>For one thread at a time; {@link #closeIfOverdue} for any.
 */
final class TimedSocket extends Socket {

    /** A read ends by itself; what is stuck for this much longer is a write, and is closed. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    private volatile boolean used;
    private volatile long untilNanos;

    /** From now on, to be ended at that time. */
    void until(long deadlineNanos) {
        untilNanos = deadlineNanos;
        used = true;
    }

    /** Nothing is expected of it. */
    void rest() {
        used = false;
    }

    /** Before the time, because time spent on writing is not known in advance. */
    boolean isLate() {
        return untilNanos - System.nanoTime() <= 0;
    }

    void closeIfOverdue() {
        if (used && System.nanoTime() - untilNanos > GRACE_NANOS) {
            try {
                close();
            } catch (IOException e) {
                // It is of no use any more, and whoever used it gets an exception of its own.
                used = false;
            }
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                prepare();
                return super.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                prepare();
                return super.read(target, offset, length);
            }
        };
    }

    private void prepare() throws IOException {
        long leftNanos = untilNanos - System.nanoTime();
        if (leftNanos <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        // No system call: Java waits by poll, with this time.
        setSoTimeout((int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1));
    }
}
