package dev.holdfast.filter.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A container's response, as far as the order of things matters: it buffers, commits, sends, refuses and ends the way the
 * containers do, and tells of each moment at which bytes leave.
 */
class FakeResponse implements HttpServletResponse {

    /** When bytes leave. */
    enum Manner {
        /** When the buffer is full and more comes. */
        TOMCAT,
        /** When the buffer gets full, or at once with a single write above a quarter of it. */
        JETTY
    }

    interface Wire {
        /** @param last whether the client knows now that it has the whole answer */
        void bytesLeave(boolean first, boolean last);
    }

    record Header(String name, String value) {}

    private final Manner manner;
    private final Wire wire;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    final List<Header> headers = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    private int bufferSize = 8192;
    private int aggregation;
    private long declared = -1;
    private String encoding = "ISO-8859-1";
    private ServletOutputStream stream;
    private PrintWriter writer;
    private Locale locale = Locale.ROOT;
    private String contentType;
    int status = 200;
    Integer error;
    String redirect;
    boolean committed;
    boolean closed;
    boolean suspended;
    boolean broken;
    WriteListener writeListener;

    FakeResponse(Manner manner, Wire wire) {
        this.manner = manner;
        this.wire = wire;
        if (manner == Manner.JETTY) {
            setBufferSizeAsConfigured(32768);
        } else {
            aggregation = Integer.MAX_VALUE;
        }
    }

    FakeResponse() {
        this(Manner.TOMCAT, (first, last) -> {});
    }

    final void setBufferSizeAsConfigured(int size) {
        bufferSize = size;
        aggregation = size / 4;
    }

    byte[] sent() {
        return sent.toByteArray();
    }

    String sentText() {
        return sent.toString(Charset.forName(encoding));
    }

    List<String> headersNamed(String name) {
        return headers.stream()
                .filter(h -> h.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    private void send(boolean end) throws IOException {
        if (broken) {
            throw new IOException("connection reset");
        }
        boolean last = end || declared >= 0 && sent.size() + buffer.size() >= declared;
        boolean first = !committed;
        committed = true;
        if (first || last || buffer.size() > 0) {
            wire.bytesLeave(first, last);
        }
        sent.writeBytes(buffer.toByteArray());
        buffer.reset();
    }

    private void take(byte[] bytes, int off, int len) throws IOException {
        if (closed || suspended) {
            return;
        }
        if (manner == Manner.TOMCAT) {
            for (int i = off; i < off + len; i++) {
                if (buffer.size() == bufferSize) {
                    send(false);
                }
                buffer.write(bytes[i]);
            }
            if (declared >= 0 && sent.size() + buffer.size() >= declared) {
                end();
            }
            return;
        }
        int space = bufferSize - buffer.size();
        boolean last = declared >= 0 && sent.size() + buffer.size() + len >= declared;
        buffer.write(bytes, off, len);
        if (last) {
            end();
        } else if (len > aggregation || len >= space) {
            send(false);
        }
    }

    /** What the container does when the filter has returned. */
    void end() throws IOException {
        if (!closed) {
            if (writer != null) {
                writer.flush();
            }
            send(true);
            closed = true;
        }
    }

    @Override
    public ServletOutputStream getOutputStream() {
        if (writer != null) {
            throw new IllegalStateException("writer in use");
        }
        if (stream == null) {
            stream = new Stream();
        }
        return stream;
    }

    @Override
    public PrintWriter getWriter() {
        if (stream != null) {
            throw new IllegalStateException("stream in use");
        }
        if (writer == null) {
            writer = new Writer();
        }
        return writer;
    }

    private final class Stream extends ServletOutputStream {

        @Override
        public void write(int b) throws IOException {
            take(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            take(b, off, len);
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            take(copy, 0, copy.length);
        }

        @Override
        public void flush() throws IOException {
            send(false);
        }

        @Override
        public void close() throws IOException {
            end();
        }

        @Override
        public boolean isReady() {
            calls.add("isReady");
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            writeListener = listener;
        }
    }

    /** Encodes what it is given at once; with line ends of its own. */
    private final class Writer extends PrintWriter {

        private final OutputStreamWriter encoder;
        private boolean failed;

        Writer() {
            super(new ByteArrayOutputStream());
            encoder = new OutputStreamWriter(
                    new java.io.OutputStream() {
                        @Override
                        public void write(int b) throws IOException {
                            take(new byte[] {(byte) b}, 0, 1);
                        }

                        @Override
                        public void write(byte[] b, int off, int len) throws IOException {
                            take(b, off, len);
                        }
                    },
                    Charset.forName(encoding));
        }

        @Override
        public void write(int c) {
            write(new char[] {(char) c}, 0, 1);
        }

        @Override
        public void write(char[] chars, int off, int len) {
            try {
                encoder.write(chars, off, len);
                encoder.flush();
            } catch (IOException e) {
                failed = true;
            }
        }

        @Override
        public void write(String s, int off, int len) {
            write(s.toCharArray(), off, len);
        }

        @Override
        public void println() {
            write("\r\n", 0, 2);
        }

        @Override
        public void println(String s) {
            print(s);
            println();
        }

        @Override
        public void println(Object o) {
            print(o);
            println();
        }

        @Override
        public PrintWriter format(String format, Object... args) {
            write(
                    String.format(Locale.GERMANY, format, args),
                    0,
                    String.format(Locale.GERMANY, format, args).length());
            return this;
        }

        @Override
        public PrintWriter printf(String format, Object... args) {
            return format(format, args);
        }

        @Override
        public void flush() {
            try {
                send(false);
            } catch (IOException e) {
                failed = true;
            }
        }

        @Override
        public void close() {
            try {
                end();
            } catch (IOException e) {
                failed = true;
            }
        }

        @Override
        public boolean checkError() {
            flush();
            return failed;
        }
    }

    private void refuseIfCommitted() {
        if (committed || error != null) {
            throw new IllegalStateException("committed");
        }
    }

    @Override
    public void flushBuffer() throws IOException {
        send(false);
    }

    @Override
    public boolean isCommitted() {
        return committed || error != null;
    }

    @Override
    public void resetBuffer() {
        refuseIfCommitted();
        buffer.reset();
    }

    @Override
    public void reset() {
        refuseIfCommitted();
        buffer.reset();
        headers.clear();
        status = 200;
        declared = -1;
        stream = null;
        writer = null;
    }

    @Override
    public void sendError(int sc, String msg) {
        refuseIfCommitted();
        buffer.reset();
        status = sc;
        error = sc;
        suspended = true;
    }

    @Override
    public void sendError(int sc) {
        sendError(sc, null);
    }

    @Override
    public void sendRedirect(String location, int sc, boolean clearBuffer) throws IOException {
        refuseIfCommitted();
        calls.add("sendRedirect " + sc + " " + clearBuffer);
        status = sc;
        redirect = location;
        if (clearBuffer) {
            buffer.reset();
        }
        end();
    }

    @Override
    public void setBufferSize(int size) {
        bufferSize = size;
        aggregation = manner == Manner.JETTY ? size : Integer.MAX_VALUE;
    }

    @Override
    public int getBufferSize() {
        return bufferSize;
    }

    @Override
    public void setContentLength(int len) {
        declared = len;
    }

    @Override
    public void setContentLengthLong(long len) {
        declared = len;
    }

    @Override
    public void setHeader(String name, String value) {
        if (!committed) {
            headers.removeIf(h -> h.name().equalsIgnoreCase(name));
            addHeader(name, value);
        }
    }

    @Override
    public void addHeader(String name, String value) {
        if (committed) {
            return;
        }
        if (name.equalsIgnoreCase("Content-Length")) {
            declared = Long.parseLong(value);
        }
        headers.add(new Header(name, value));
    }

    @Override
    public void setIntHeader(String name, int value) {
        setHeader(name, Integer.toString(value));
    }

    @Override
    public void addIntHeader(String name, int value) {
        addHeader(name, Integer.toString(value));
    }

    @Override
    public void setDateHeader(String name, long date) {
        setHeader(name, Long.toString(date));
    }

    @Override
    public void addDateHeader(String name, long date) {
        addHeader(name, Long.toString(date));
    }

    @Override
    public void addCookie(Cookie cookie) {
        StringBuilder line = new StringBuilder(cookie.getName() + "=" + cookie.getValue());
        if (cookie.getMaxAge() >= 0) {
            line.append("; Max-Age=").append(cookie.getMaxAge());
        }
        if (cookie.getPath() != null) {
            line.append("; Path=").append(cookie.getPath());
        }
        if (cookie.getDomain() != null) {
            line.append("; Domain=").append(cookie.getDomain());
        }
        if (cookie.getSecure()) {
            line.append("; Secure");
        }
        if (cookie.isHttpOnly()) {
            line.append("; HttpOnly");
        }
        cookie.getAttributes().forEach((name, value) -> {
            if (!List.of("path", "domain", "secure", "httponly", "max-age").contains(name.toLowerCase(Locale.ROOT))) {
                line.append("; ").append(name).append(value.isEmpty() ? "" : "=" + value);
            }
        });
        addHeader("Set-Cookie", line.toString());
    }

    @Override
    public boolean containsHeader(String name) {
        return !headersNamed(name).isEmpty();
    }

    @Override
    public String getHeader(String name) {
        return headersNamed(name).stream().findFirst().orElse(null);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        return headersNamed(name);
    }

    @Override
    public Collection<String> getHeaderNames() {
        return headers.stream().map(Header::name).distinct().toList();
    }

    @Override
    public String encodeURL(String url) {
        return "container:" + url;
    }

    @Override
    public String encodeRedirectURL(String url) {
        return "container:" + url;
    }

    @Override
    public void setStatus(int sc) {
        status = sc;
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public String getCharacterEncoding() {
        return encoding;
    }

    @Override
    public void setCharacterEncoding(String charset) {
        encoding = charset;
    }

    @Override
    public void setCharacterEncoding(Charset charset) {
        encoding = charset.name();
    }

    @Override
    public String getContentType() {
        return contentType;
    }

    @Override
    public void setContentType(String type) {
        contentType = type;
    }

    @Override
    public void setLocale(Locale loc) {
        locale = loc;
    }

    @Override
    public Locale getLocale() {
        return locale;
    }

    /** For tests that end the answer where nothing may be thrown. */
    void endUnchecked() {
        try {
            end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
