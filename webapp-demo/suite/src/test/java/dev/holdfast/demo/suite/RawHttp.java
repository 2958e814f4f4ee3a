package dev.holdfast.demo.suite;

import dev.holdfast.demo.launcher.NodeProcess;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** HTTP/1.1 over a bare socket: for what a proper client does not send, and to stop reading where one likes. */
final class RawHttp implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final int port;

    RawHttp(NodeProcess node) {
        port = node.port();
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(70_000);
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request on a connection of its own; a header is a line without its end. */
    static Answer get(NodeProcess node, String path, String... headers) {
        try (RawHttp http = new RawHttp(node)) {
            http.send("GET", path, headers);
            return http.answer();
        }
    }

    /** Sends a request without a body. */
    void send(String method, String path, String... headers) {
        StringBuilder request =
                new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        sendBytes(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    void sendBytes(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The status line and the headers; the body is not read. */
    Answer head() {
        try {
            String status = line();
            Map<String, List<String>> headers = new LinkedHashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                        .add(line.substring(colon + 1).trim());
            }
            return new Answer(
                    Integer.parseInt(status.split(" ")[1]), HttpHeaders.of(headers, (name, value) -> true), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A whole answer, of a request that was no HEAD. */
    Answer answer() {
        Answer head = head();
        try {
            return new Answer(head.status(), head.headers(), body(head));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One byte of what comes next, at the earliest moment; -1 at the end of the connection. */
    int readByte() {
        try {
            return in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String body(Answer head) throws IOException {
        if (head.headers().firstValue("Transfer-Encoding").orElse("").equals("chunked")) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                int size = Integer.parseInt(line().trim(), 16);
                body.write(exactly(size));
                line();
                if (size == 0) {
                    return body.toString(StandardCharsets.UTF_8);
                }
            }
        }
        int length =
                Integer.parseInt(head.headers().firstValue("Content-Length").orElse("-1"));
        byte[] bytes = length >= 0 ? exactly(length) : in.readAllBytes();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended within a line: " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
