package dev.holdfast.demo.suite.bytes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came over the wire, chunk sizes and all.
 *
 * @param text one character per byte
 * @param ended whether the connection was closed in an orderly way, not reset
 */
record RawAnswer(String text, boolean ended) {

    /** In lower case. */
    static final List<String> DIFFERING = List.of("date", "set-cookie", "expires", "etag", "last-modified");

    private static final int TIMEOUT_MILLIS = 30_000;

    /** One request on a connection of its own, read to its end. */
    static RawAnswer to(int port, String method, String path, String... headers) throws IOException {
        List<String> closing = new ArrayList<>(List.of(headers));
        closing.add("Connection: close");
        return read(port, method, path, closing);
    }

    /**
     * One request on a connection that the client would keep, so that the answer says itself where it ends; read until the
     * server closes it.
     *
     * @throws java.net.SocketTimeoutException if it does not
     */
    static RawAnswer broken(int port, String path, String... headers) throws IOException {
        return read(port, "GET", path, List.of(headers));
    }

    private static RawAnswer read(int port, String method, String path, List<String> headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: test.example\r\n");
            headers.forEach(header -> request.append(header).append("\r\n"));
            request.append("\r\n");
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            return readAll(socket.getInputStream());
        }
    }

    private static RawAnswer readAll(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean ended = true;
        try {
            in.transferTo(bytes);
        } catch (SocketException reset) {
            ended = false;
        }
        return new RawAnswer(bytes.toString(StandardCharsets.ISO_8859_1), ended);
    }

    String head() {
        int end = text.indexOf("\r\n\r\n");
        return end < 0 ? text : text.substring(0, end + 2);
    }

    String body() {
        int end = text.indexOf("\r\n\r\n");
        return end < 0 ? "" : text.substring(end + 4);
    }

    int status() {
        return text.isEmpty() ? 0 : Integer.parseInt(text.substring(9, 12));
    }

    /** Null if there is none. */
    String header(String name) {
        return head().lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    /**
     * Without what differs from node to node: dates, the session's cookie with the header that containers add to it, and the
     * stack traces in the containers' own error pages, in which the filter stands.
     */
    String comparable() {
        boolean trace = status() == 500;
        StringBuilder head = new StringBuilder();
        head().lines().forEach(line -> {
            String name = line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT);
            if (!DIFFERING.contains(name) && !(trace && name.equals("content-length"))) {
                head.append(line).append("\r\n");
            }
        });
        boolean compressed = "gzip".equals(header("Content-Encoding"));
        return head + "\r\n" + (trace && compressed ? "" : withoutTraces(body())) + (ended ? "" : "(reset)");
    }

    static String withoutTraces(String page) {
        return page.replaceAll("(?s)<pre>.*?</pre>", "<pre/>");
    }

    /** Whether a client that knows HTTP would take this for a whole answer. */
    boolean isWhole() {
        if (text.indexOf("\r\n\r\n") < 0 || !ended) {
            return false;
        }
        String length = header("Content-Length");
        if (length != null) {
            return body().length() == Integer.parseInt(length);
        }
        if ("chunked".equalsIgnoreCase(header("Transfer-Encoding"))) {
            return body().endsWith("0\r\n\r\n");
        }
        return true;
    }
}
