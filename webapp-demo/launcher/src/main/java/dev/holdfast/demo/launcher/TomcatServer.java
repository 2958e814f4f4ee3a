package dev.holdfast.demo.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.StandardRoot;
import org.apache.coyote.http2.Http2Protocol;

/** Tomcat 10.1 or 11, whichever is on the class path: both have all that is used here. */
final class TomcatServer implements WebServer {

    private final Tomcat tomcat;
    private final Path workDirectory;

    private TomcatServer(Tomcat tomcat, Path workDirectory) {
        this.tomcat = tomcat;
        this.workDirectory = workDirectory;
    }

    static TomcatServer start(NodeOptions options) throws Exception {
        Path work = options.workDirectory().toAbsolutePath();
        Files.createDirectories(work);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(work.toString());
        tomcat.setHostname("localhost");
        tomcat.setPort(options.port());
        if (options.route() != null) {
            tomcat.getEngine().setJvmRoute(options.route());
        }
        Connector connector = tomcat.getConnector();
        connector.setProperty("address", options.address());
        if (options.isHttp2()) {
            connector.addUpgradeProtocol(new Http2Protocol());
        }
        if (options.isGzip()) {
            connector.setProperty("compression", "on");
        }
        for (NodeOptions.User user : options.users()) {
            tomcat.addUser(user.name(), user.password());
            tomcat.addRole(user.name(), user.role());
        }
        for (Map.Entry<String, Path> webapp : options.webapps().entrySet()) {
            Path directory = ExpandedWar.expand(options, webapp.getKey(), webapp.getValue());
            Context context =
                    tomcat.addWebapp(webapp.getKey(), directory.toAbsolutePath().toString());
            context.setCrossContext(options.isCrossContext());
            if (options.libraries() != null) {
                StandardRoot resources = new StandardRoot(context);
                resources.addPostResources(new DirResourceSet(
                        resources, "/WEB-INF/lib", options.libraries().toString(), "/"));
                context.setResources(resources);
            }
            context.getServletContext().setAttribute(NODE_NAME, options.name());
            LongSupplier nativeSessions = () -> context.getManager().getSessionCounter();
            context.getServletContext().setAttribute(NATIVE_SESSIONS, nativeSessions);
        }
        tomcat.start();
        for (var container : tomcat.getHost().findChildren()) {
            if (container.getState() != LifecycleState.STARTED) {
                throw new IllegalStateException("the application at '" + container.getName() + "' did not start");
            }
        }
        if (connector.getState() != LifecycleState.STARTED) {
            throw new IllegalStateException("cannot listen on " + options.address() + ":" + options.port());
        }
        return new TomcatServer(tomcat, work);
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        ExpandedWar.delete(workDirectory);
    }
}
