package dev.holdfast.benchmarks.node;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One user after the other, over one connection to each node. Its arguments: {@code turn} if each request goes to the next node, {@code keep} if
 * all those of a session go to the same one; and the nodes' ports. For a
 * line {@code PATH COUNT SESSIONS} on its standard input it sends so many requests, those of so many sessions in turn, and prints {@code done};
 * {@code /new} begins sessions anew.
 */
public final class Clicks {

    private static final class Node {
        final Socket socket;
        final InputStream in;

        Node(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }
    }

    private final List<Node> nodes = new ArrayList<>();
    private final List<String> cookies = new ArrayList<>();
    private final boolean keeping;
    private int next;

    private Clicks(boolean keeping, String[] ports) throws IOException {
        this.keeping = keeping;
        for (String port : ports) {
            nodes.add(new Node(Integer.parseInt(port)));
        }
    }

    public static void main(String[] arguments) throws IOException {
        Clicks clicks = new Clicks(arguments[0].equals("keep"), Arrays.copyOfRange(arguments, 1, arguments.length));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            clicks.run(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            System.out.println("done");
        }
    }

    private void run(String path, int count, int sessions) throws IOException {
        boolean begins = path.startsWith("/new");
        if (begins) {
            cookies.clear();
        }
        for (int i = 0; i < count; i++) {
            // The requests of a session, one after the other, at one node after the other.
            int session = begins ? i : i / nodes.size() % Math.min(sessions, cookies.size());
            Node node = nodes.get((keeping ? session : next++) % nodes.size());
            String cookie = begins ? "" : "Cookie: " + cookies.get(session) + "\r\n";
            node.socket
                    .getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + cookie + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String set = answer(node.in);
            if (begins) {
                cookies.add(set);
            }
        }
    }

    /** The cookie that it sets; empty if it sets none. */
    private static String answer(InputStream in) throws IOException {
        String cookie = "";
        int length = 0;
        String status = line(in);
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String name = header.toLowerCase(Locale.ROOT);
            if (name.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            } else if (name.startsWith("set-cookie:")) {
                cookie = header.substring(11).strip().split(";")[0];
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
        if (!status.contains(" 200") || body.equals("-1")) {
            throw new IOException(status + ": " + body);
        }
        return cookie;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the node has hung up");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
