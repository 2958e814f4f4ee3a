package dev.holdfast.filter.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * A response that has the state saved before its bytes leave, and whose bytes are otherwise exactly the container's: every
 * call goes on to the same method of what it wraps.
 *
 * <p>Once a save has failed nothing more goes out through it; what then happens to the answer is decided when the filter
 * chain returns, not by what the application makes of the exception.
 */
abstract class GuardedResponse extends HttpServletResponseWrapper {

    private static final String CONTENT_LENGTH = "Content-Length";

    private @Nullable GuardedStream stream;
    private @Nullable GuardedWriter writer;
    private boolean complete;

    GuardedResponse(HttpServletResponse response) {
        super(response);
    }

    /** What counts for this answer: one, however many wrappers it gets one after the other. Made when first asked for. */
    abstract OutputGate gate();

    private HttpServletResponse wrapped() {
        return (HttpServletResponse) getResponse();
    }

    boolean admitWrite(long atMost) {
        return gate().admitWrite(wrapped(), atMost);
    }

    boolean admitUnknown() {
        return gate().admitUnknown();
    }

    boolean admitAll() {
        return gate().admitAll();
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        // asked each time: it is the container that knows whether stream or writer is the one in use, and resets forget
        // it
        ServletOutputStream containers = super.getOutputStream();
        GuardedStream mine = stream;
        if (mine == null || !mine.wraps(containers)) {
            mine = new GuardedStream(containers, this);
            stream = mine;
        }
        return mine;
    }

    /**
     * A forward has ended, whose answer is complete: the container is about to end it. Tomcat 10.1 does so by the writer, and to
     * make one settles the encoding, of the container's error page too, which it would not do without a wrapper.
     */
    void forwardEnded() {
        complete = true;
    }

    /** Ends an answer of which nothing was written: by the stream, whose making has no effect that a client sees. */
    void end() throws IOException {
        if (admitAll()) {
            super.getOutputStream().close();
        }
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (complete && stream == null && writer == null) {
            return new PrintWriter(new UnusedWriter(this));
        }
        return containersWriter();
    }

    PrintWriter containersWriter() throws IOException {
        PrintWriter containers = super.getWriter();
        CharacterBytes bytes = CharacterBytes.of(getCharacterEncoding());
        GuardedWriter mine = writer;
        if (mine == null || !mine.wraps(containers, bytes)) {
            mine = new GuardedWriter(containers, this, bytes);
            writer = mine;
        }
        return mine;
    }

    @Override
    public void flushBuffer() throws IOException {
        if (admitAll()) {
            super.flushBuffer();
        }
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        if (admitAll()) {
            super.sendRedirect(location);
        }
    }

    @Override
    public void sendRedirect(String location, int sc) throws IOException {
        if (admitAll()) {
            super.sendRedirect(location, sc);
        }
    }

    @Override
    public void sendRedirect(String location, boolean clearBuffer) throws IOException {
        if (admitAll()) {
            super.sendRedirect(location, clearBuffer);
        }
    }

    @Override
    public void sendRedirect(String location, int sc, boolean clearBuffer) throws IOException {
        if (admitAll()) {
            super.sendRedirect(location, sc, clearBuffer);
        }
    }

    /**
     * No byte leaves by this (but for 102 and 103), yet it is a save point: afterwards the containers refuse every other
     * answer, so that a save which failed later could not become one.
     */
    @Override
    public void sendError(int sc) throws IOException {
        if (admitAll()) {
            super.sendError(sc);
            complete = sc >= SC_OK; // those before are hints that precede the answer
        }
    }

    @Override
    public void sendError(int sc, String msg) throws IOException {
        if (admitAll()) {
            super.sendError(sc, msg);
            complete = sc >= SC_OK;
        }
    }

    @Override
    public void reset() {
        super.reset();
        gate().declareLength(-1);
        gate().bufferEmptied();
        stream = null;
        writer = null;
        complete = false;
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        gate().bufferEmptied();
        complete = false;
    }

    @Override
    public void setBufferSize(int size) {
        super.setBufferSize(size);
        gate().reconsider();
    }

    @Override
    public void setContentLength(int len) {
        super.setContentLength(len);
        gate().declareLength(len);
    }

    @Override
    public void setContentLengthLong(long len) {
        super.setContentLengthLong(len);
        gate().declareLength(len);
    }

    @Override
    public void setHeader(String name, String value) {
        super.setHeader(name, value);
        noteLength(name, value);
    }

    @Override
    public void addHeader(String name, String value) {
        super.addHeader(name, value);
        noteLength(name, value);
    }

    @Override
    public void setIntHeader(String name, int value) {
        super.setIntHeader(name, value);
        if (CONTENT_LENGTH.equalsIgnoreCase(name)) {
            gate().declareLength(value);
        }
    }

    @Override
    public void addIntHeader(String name, int value) {
        super.addIntHeader(name, value);
        if (CONTENT_LENGTH.equalsIgnoreCase(name)) {
            gate().declareLength(value);
        }
    }

    private void noteLength(@Nullable String name, @Nullable String value) {
        if (!CONTENT_LENGTH.equalsIgnoreCase(name)) {
            return;
        }
        try {
            gate().declareLength(value == null ? -1 : Long.parseLong(value.trim()));
        } catch (NumberFormatException notALength) {
            // what the container makes of it is unknown: zero makes every write a save point
            gate().declareLength(0);
        }
    }
}
