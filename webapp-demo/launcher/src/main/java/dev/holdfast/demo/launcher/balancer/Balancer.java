package dev.holdfast.demo.launcher.balancer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * A reverse proxy that hands requests to nodes in turn, whatever session they carry. Thread-safe.
 *
 * <p>A request goes to a second node only if that cannot do anything twice: when the first took no connection, or, for GET
 * and HEAD without a body, when it broke off or answered 503 with Retry-After and nothing of its answer has been passed on.
 * A POST that has been sent is never repeated, not even after a 503: that may mean that the change was made and only its
 * confirmation was lost.
 */
public final class Balancer implements AutoCloseable {

    /** Names the node that answered; absent when the balancer answered itself. */
    public static final String NODE_HEADER = "X-Node";

    private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofMillis(500);
    private static final int MAX_THREADS = 64;

    private final Server server;
    private final ServerConnector connector;
    private final RetryingProxy proxy;

    private Balancer(Server server, ServerConnector connector, RetryingProxy proxy) {
        this.server = server;
        this.connector = connector;
        this.proxy = proxy;
    }

    /**
     * Starts to listen.
     *
     * @param host the address to listen at
     * @param port 0 for any free one
     * @param upstreams at least one
     * @throws IOException (a {@link java.net.BindException}) if the port is taken
     * @throws Exception if Jetty does not start for another reason
     */
    public static Balancer start(String host, int port, List<Upstream> upstreams) throws Exception {
        return start(host, port, upstreams, "", null);
    }

    /**
     * As {@link #start(String, int, List)}, but requests for some paths go to a server of their own on this machine, and nowhere else.
     *
     * @param ownPath how these paths begin, with a slash and without one at the end
     * @param ownPort of that server; null: there is none
     */
    public static Balancer start(
            String host, int port, List<Upstream> upstreams, String ownPath, @Nullable Integer ownPort)
            throws Exception {
        if (upstreams.isEmpty()) {
            throw new IllegalArgumentException("a balancer without nodes");
        }
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
        threads.setName("balancer");
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        // else a client's cookie may be passed on in the case of another one that was sent before on the connection
        http.setHeaderCacheCaseSensitive(true);
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        server.addConnector(connector);
        RetryingProxy proxy =
                new RetryingProxy(new RoundRobin(upstreams, PAUSE_AFTER_REFUSAL.toNanos(), System::nanoTime));
        PathMappingsHandler paths = new PathMappingsHandler();
        paths.addMapping(new ServletPathSpec("/*"), proxy);
        if (ownPort != null) {
            paths.addMapping(new ServletPathSpec(ownPath + "/*"), new OnePort(ownPort));
        }
        server.setHandler(paths);
        try {
            server.start();
        } catch (Exception e) {
            server.stop();
            throw rootBindFailure(e);
        }
        return new Balancer(server, connector, proxy);
    }

    public int port() {
        return connector.getLocalPort();
    }

    public BalancerCounts counts() {
        return proxy.counts();
    }

    /** Stops listening and breaks off what is under way. */
    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the balancer stops", e);
        } catch (Exception e) {
            throw new IOException("the balancer did not stop as it should", e);
        }
    }

    /** Jetty wraps it. */
    private static Exception rootBindFailure(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.net.BindException bind) {
                return bind;
            }
        }
        return failure;
    }
}
