package dev.holdfast.redis.server;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Speaks Redis' protocol and says what a test wants it to say, when the test wants it. */
final class ScriptedServer implements AutoCloseable {

    private final ServerSocket listening;
    private final Function<List<String>, String> script;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<List<String>> received = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean dripping;
    private final Thread accepting;
    private boolean held;

    /** @param script the raw answer to a command's words; null ends the connection */
    ScriptedServer(Function<List<String>, String> script) {
        this.script = script;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accepting = start(this::accept);
    }

    /** Answers ROLE as a master does, and ECHO with its argument. */
    static String wellBehaved(List<String> words) {
        return switch (words.get(0)) {
            case "ROLE" -> "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n";
            case "PING" -> "+PONG\r\n";
            case "ECHO" -> "$" + words.get(1).length() + "\r\n" + words.get(1) + "\r\n";
            case "WAIT" -> ":0\r\n";
            default -> "-ERR unknown command\r\n";
        };
    }

    Address address() {
        return new Address("127.0.0.1", listening.getLocalPort());
    }

    /** All commands so far that were no part of opening a connection. */
    List<List<String>> received() {
        return List.copyOf(received).stream()
                .filter(words -> !words.get(0).equals("ROLE") && !words.get(0).equals("PING"))
                .toList();
    }

    int connections() {
        return (int)
                received.stream().filter(words -> words.get(0).equals("ROLE")).count();
    }

    /** From now on answers wait for {@link #release}. */
    synchronized void hold() {
        held = true;
    }

    synchronized void release() {
        held = false;
        notifyAll();
    }

    /** From now on what it says is followed by a byte now and then, for ever. */
    void drip() {
        dripping = true;
    }

    private synchronized void awaitRelease() throws InterruptedException {
        while (held) {
            wait();
        }
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task, "scripted-server");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread unused = start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            OutputStream out = socket.getOutputStream();
            while (true) {
                List<String> words = words(in);
                received.add(words);
                String answer = script.apply(words);
                if (!words.get(0).equals("ROLE")) {
                    awaitRelease();
                }
                if (answer == null) {
                    return;
                }
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                while (dripping && !words.get(0).equals("ROLE")) {
                    TimeUnit.MILLISECONDS.sleep(20);
                    out.write('x');
                }
            }
        } catch (IOException | InterruptedException e) {
            // The other side has gone, or the test is over.
        }
    }

    @SuppressWarnings("deprecation")
    private static List<String> words(DataInputStream in) throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new IOException("end");
        }
        int count = Integer.parseInt(line.substring(1));
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] word = new byte[Integer.parseInt(in.readLine().substring(1))];
            in.readFully(word);
            in.readLine();
            words.add(new String(word, StandardCharsets.UTF_8));
        }
        return words;
    }

    @Override
    public void close() {
        release();
        try {
            listening.close();
            // While it waits in accept, the system keeps the port open: somebody could still connect, and be served.
            accepting.join();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
