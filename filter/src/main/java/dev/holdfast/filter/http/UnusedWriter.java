package dev.holdfast.filter.http;

import java.io.IOException;
import java.io.Writer;

/**
 * What the container gets that asks for a writer only to close it. Whoever writes to it after all, when the answer is complete,
 * writes to the container's, which knows what to do with that.
 */
final class UnusedWriter extends Writer {

    private final GuardedResponse response;

    UnusedWriter(GuardedResponse response) {
        this.response = response;
    }

    @Override
    public void write(char[] text, int off, int len) throws IOException {
        response.containersWriter().write(text, off, len);
    }

    @Override
    public void flush() throws IOException {
        response.containersWriter().flush();
    }

    @Override
    public void close() throws IOException {
        response.end();
    }
}
