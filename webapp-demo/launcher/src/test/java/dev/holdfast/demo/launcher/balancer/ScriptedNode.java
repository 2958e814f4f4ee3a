package dev.holdfast.demo.launcher.balancer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node that reads a request, writes the same bytes whatever was asked, and closes the connection. */
final class ScriptedNode implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: *([0-9]+)");

    private final ServerSocket socket;
    private final String answer;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private ScriptedNode(ServerSocket socket, String answer) {
        this.socket = socket;
        this.answer = answer;
    }

    static ScriptedNode answering(String answer) {
        try {
            ScriptedNode node = new ScriptedNode(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
            Thread thread = new Thread(node::serve, "scripted-node");
            thread.setDaemon(true);
            thread.start();
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    /** All requests that came whole, headers and body. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                requests.add(read(connection.getInputStream()));
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                connection.getOutputStream().flush();
            } catch (IOException e) {
                // the other side has gone, or this one has been closed: the test's assertions tell
                continue;
            }
        }
    }

    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (true) {
            String text = bytes.toString(StandardCharsets.UTF_8);
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0) {
                Matcher length = LENGTH.matcher(text.substring(0, end));
                int body = length.find() ? Integer.parseInt(length.group(1)) : 0;
                if (bytes.size() >= end + 4 + body) {
                    return text;
                }
            }
            int next = in.read();
            if (next < 0) {
                throw new IOException("no whole request");
            }
            bytes.write(next);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
