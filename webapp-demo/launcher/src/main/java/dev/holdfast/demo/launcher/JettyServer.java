package dev.holdfast.demo.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.server.handler.gzip.GzipHandler;
import org.eclipse.jetty.session.DefaultSessionIdManager;
import org.eclipse.jetty.util.security.Password;

/** Jetty 12 with web applications of one Jakarta EE level. */
final class JettyServer implements WebServer {

    /** The packages of CDI's API. */
    static final String[] CDI = {"jakarta.enterprise.", "jakarta.inject.", "jakarta.interceptor.", "jakarta.decorator."
    };

    /** A web application of ee10 or ee11: two sets of classes that share no type for what is used here. */
    interface Webapp {

        /** To be put in a server; nothing is started yet. */
        ContextHandler handler();

        /** How many sessions the container has made for it. */
        long nativeSessions();
    }

    /** Makes one; the directory is expanded, the context path "/" for the root. */
    interface WebappFactory {
        Webapp make(Path directory, String contextPath, Path temporary, NodeOptions options);
    }

    private final Server server;
    private final ServerConnector connector;
    private final Path workDirectory;

    private JettyServer(Server server, ServerConnector connector, Path workDirectory) {
        this.server = server;
        this.connector = connector;
        this.workDirectory = workDirectory;
    }

    /** In Jetty's words: packages of which an application may have its own classes. */
    static String[] notProtected(String... packages) {
        return Arrays.stream(packages).map(each -> "-" + each).toArray(String[]::new);
    }

    static JettyServer start(NodeOptions options, WebappFactory factory) throws Exception {
        Path work = options.workDirectory().toAbsolutePath();
        Files.createDirectories(work);
        Server server = new Server();
        HttpConfiguration http = new HttpConfiguration();
        // else a client's cookie may come in the case of another one that was sent before on the connection
        http.setHeaderCacheCaseSensitive(true);
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        ServerConnector connector = options.isHttp2()
                ? new ServerConnector(server, http1, new HTTP2CServerConnectionFactory(http))
                : new ServerConnector(server, http1);
        connector.setHost(options.address());
        connector.setPort(options.port());
        server.addConnector(connector);
        if (options.route() != null) {
            DefaultSessionIdManager ids = new DefaultSessionIdManager(server);
            ids.setWorkerName(options.route());
            server.addBean(ids, true);
        }
        UserStore users = new UserStore();
        for (NodeOptions.User user : options.users()) {
            users.addUser(user.name(), new Password(user.password()), new String[] {user.role()});
        }
        HashLoginService logins = new HashLoginService("users");
        logins.setUserStore(users);
        server.addBean(logins, true);

        ContextHandlerCollection contexts = new ContextHandlerCollection();
        for (Map.Entry<String, Path> entry : options.webapps().entrySet()) {
            String contextPath = entry.getKey().isEmpty() ? "/" : entry.getKey();
            Path directory = ExpandedWar.expand(options, entry.getKey(), entry.getValue());
            Path temporary = work.resolve("temp" + contextPath.replace('/', '-'));
            Webapp webapp = factory.make(directory, contextPath, temporary, options);
            webapp.handler().setAttribute(NODE_NAME, options.name());
            LongSupplier nativeSessions = webapp::nativeSessions;
            webapp.handler().setAttribute(NATIVE_SESSIONS, nativeSessions);
            contexts.addHandler(webapp.handler());
        }
        server.setHandler(options.isGzip() ? compressing(contexts) : contexts);
        try {
            server.start();
        } catch (Exception e) {
            server.stop();
            throw e;
        }
        return new JettyServer(server, connector, work);
    }

    /** Its successor is a module of its own; this one is what applications run with. */
    @SuppressWarnings({"deprecation", "removal"})
    private static Handler compressing(Handler handler) {
        return new GzipHandler(handler);
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
        ExpandedWar.delete(workDirectory);
    }
}
