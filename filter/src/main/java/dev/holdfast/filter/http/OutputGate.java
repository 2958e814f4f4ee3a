package dev.holdfast.filter.http;

import jakarta.servlet.http.HttpServletResponse;

/**
 * Stands before the bytes of one answer and has the state saved before the first of them leaves, and before the last.
 *
 * <p>When bytes leave is the container's business: its buffers fill, or the declared length is reached. So the gate counts an
 * upper bound of what was written, and saves as soon as that could have made bytes leave. Saving early is right, late is
 * wrong. While nothing is unsaved all of this costs an addition and a comparison per write.
 *
 * <p>Used by the threads that write the answer, one at a time, as the Servlet specification asks of them (2.3.3.4).
 */
final class OutputGate {

    /**
     * Tomcat commits when its 8 KiB are full. Jetty says 32 KiB, but passes on at once any single write of more than its
     * aggregation size, which is a quarter of what it says.
     */
    private static final int COMMIT_BYTES = 8192;

    private static final int AGGREGATION_SHARE = 4;

    private static final int UNKNOWN = -1;

    /** More than any answer has, with room to go on adding. */
    private static final long BEYOND_COUNT = Long.MAX_VALUE / 2;

    private final SavePoint savePoint;

    /** At least as many bytes as the application has written since the buffer was last empty. */
    private long written;

    /** Until this many bytes nothing needs to be done. */
    private int threshold = UNKNOWN;

    /** The same for a single write, as long as nothing has left. */
    private int singleThreshold = UNKNOWN;

    private long declaredLength = UNKNOWN;

    OutputGate(SavePoint savePoint) {
        this.savePoint = savePoint;
    }

    /**
     * Before a write.
     *
     * @param atMost an upper bound of its bytes
     * @return false if the write must be dropped, because nothing of this answer may leave any more
     */
    boolean admitWrite(HttpServletResponse response, long atMost) {
        if (savePoint.hasFailed()) {
            return false;
        }
        written += atMost;
        if (written >= threshold || atMost >= singleThreshold) {
            atThreshold(response, atMost);
        }
        return true;
    }

    /**
     * Before a write of which nobody knows how long it gets: formatted text, whose locale is the container's choice.
     *
     * @return false if it must be dropped
     */
    boolean admitUnknown() {
        boolean admitted = admitAll();
        written = BEYOND_COUNT;
        return admitted;
    }

    private void atThreshold(HttpServletResponse response, long atMost) {
        if (!savePoint.isPending()) {
            return;
        }
        // Whether the first byte has left is asked, not concluded from the count: that is only an upper bound, and
        // changes
        // made between it and the real first byte would be missed.
        if (response.isCommitted()) {
            threshold = atMostDeclared(Integer.MAX_VALUE);
            singleThreshold = Integer.MAX_VALUE;
            if (declaredLength == UNKNOWN) {
                return; // no write can be the last
            }
        } else {
            int buffer = response.getBufferSize();
            threshold = atMostDeclared(Math.min(buffer, COMMIT_BYTES));
            singleThreshold = Math.min(buffer / AGGREGATION_SHARE, COMMIT_BYTES);
        }
        if (written >= threshold || atMost >= singleThreshold) {
            savePoint.save();
        }
    }

    private int atMostDeclared(int bytes) {
        return declaredLength == UNKNOWN ? bytes : (int) Math.min(bytes, declaredLength);
    }

    /**
     * Before anything that makes bytes leave or that ends the answer: a flush, a close, a redirect.
     *
     * @return false if it must not be done
     */
    boolean admitAll() {
        if (savePoint.hasFailed()) {
            return false;
        }
        if (savePoint.isPending()) {
            savePoint.save();
        }
        return true;
    }

    /** @param bytes what the application declared as the length of the answer, negative if it took that back */
    void declareLength(long bytes) {
        declaredLength = bytes < 0 ? UNKNOWN : bytes;
        reconsider();
    }

    /** The container emptied its buffer, of which nothing had left. */
    void bufferEmptied() {
        written = 0;
        reconsider();
    }

    /** The buffer's size may have changed. */
    void reconsider() {
        threshold = UNKNOWN;
        singleThreshold = UNKNOWN;
    }
}
