package dev.holdfast.demo.launcher.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.demo.launcher.cluster.DemoCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Tells pages the state of a cluster by server-sent events, and does to its servers what their buttons say. Thread-safe.
 *
 * <p>{@code GET /-/cluster/events}: an event {@code key}, then an event {@code state} (JSON) whenever it has changed. {@code POST
 * /-/cluster/kill}, {@code pause}, {@code resume}, {@code restart}: the body is a server's name, the header {@code X-Demo-Key} the key.
 * Who may ask is said by {@link Guard}.
 */
public final class Console implements AutoCloseable {
    private static final int MOST_PAGES = 24;
    private static final int LONGEST_NAME = 100;
    /** After this time without a change something is sent nevertheless: else nobody would notice that a page is gone. */
    private static final long HEARTBEAT_MILLIS = 5_000;

    private final HttpServer server;
    private final ExecutorService threads;
    private final Semaphore pages = new Semaphore(MOST_PAGES);
    private volatile @Nullable Guard guard;
    private volatile @Nullable ClusterWatch watch;
    private volatile @Nullable DemoCluster cluster;

    private Console(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Listens on any free port of the loopback address, and refuses everything until {@link #show} is called. */
    public static Console start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "console");
            thread.setDaemon(true);
            return thread;
        });
        Console console = new Console(server, threads);
        server.setExecutor(threads);
        server.createContext(DemoCluster.CONSOLE_PATH + "/", console::answer);
        server.start();
        return console;
    }

    /** Where the balancer finds it. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Tells of this cluster from now on, to pages of its own site. */
    public void show(DemoCluster shown) {
        cluster = shown;
        watch = ClusterWatch.start(shown);
        guard = new Guard(shown.origin().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Guard current = guard;
            if (current == null || !current.isOwnPage(exchange.getRequestHeaders())) {
                refuse(exchange, 403, "This is for the demo's own page.");
                return;
            }
            String path = exchange.getRequestURI().getPath().substring(DemoCluster.CONSOLE_PATH.length() + 1);
            if (path.equals("events") && exchange.getRequestMethod().equals("GET")) {
                tell(exchange, current);
            } else if (!exchange.getRequestMethod().equals("POST")) {
                refuse(exchange, 404, "There is nothing here.");
            } else if (!current.hasKey(exchange.getRequestHeaders())) {
                refuse(exchange, 403, "The key is not that of this demo: load the page again.");
            } else {
                obey(exchange, path);
            }
        }
    }

    private void tell(HttpExchange exchange, Guard current) throws IOException {
        ClusterWatch watched = watch;
        if (watched == null || !pages.tryAcquire()) {
            refuse(exchange, 503, "Too many pages are open.");
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream;charset=UTF-8");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            // nginx would collect a few kilobytes first
            exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            send(out, "retry: 1000\nevent: key\ndata: " + current.key() + "\n\n");
            String sent = "";
            while (!threads.isShutdown()) {
                String state = watched.awaitOther(sent, HEARTBEAT_MILLIS);
                send(out, state.equals(sent) ? ": still here\n\n" : "event: state\ndata: " + state + "\n\n");
                sent = state;
            }
        } catch (InterruptedException e) {
            // the demo ends
            Thread.currentThread().interrupt();
        } finally {
            pages.release();
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void obey(HttpExchange exchange, String action) throws IOException {
        DemoCluster obeying = cluster;
        String name = new String(exchange.getRequestBody().readNBytes(LONGEST_NAME), StandardCharsets.UTF_8);
        if (obeying == null) {
            refuse(exchange, 503, "The demo is starting.");
            return;
        }
        try {
            switch (action) {
                case "kill" -> obeying.kill(name);
                case "pause" -> obeying.pause(name);
                case "resume" -> obeying.resume(name);
                case "restart" -> obeying.restart(name);
                default -> {
                    refuse(exchange, 404, "There is no such order.");
                    return;
                }
            }
            exchange.sendResponseHeaders(204, -1);
        } catch (IllegalArgumentException e) {
            refuse(exchange, 404, "There is no server of that name.");
        } catch (IllegalStateException e) {
            // the first line: what follows may be the end of a log
            refuse(
                    exchange,
                    409,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(exchange, 503, "The demo is ending.");
        }
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        byte[] body = why.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain;charset=UTF-8");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Breaks off what is under way. An order that is being carried out is the cluster's to end: it starts nothing once it is closed. */
    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
        ClusterWatch watched = watch;
        if (watched != null) {
            watched.close();
        }
    }
}
