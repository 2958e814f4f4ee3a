package dev.holdfast.demo.launcher;

import java.nio.file.Path;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.handler.ContextHandler;

/** A web application on Jetty's ee10 classes. */
final class Ee10Webapp implements JettyServer.Webapp {

    private final WebAppContext context;

    Ee10Webapp(Path directory, String contextPath, Path temporary, NodeOptions options) {
        context = new WebAppContext();
        context.setContextPath(contextPath);
        context.setWar(directory.toUri().toString());
        context.setTempDirectory(temporary.toFile());
        context.setCrossContextDispatchSupported(options.isCrossContext());
        if (options.libraries() != null) {
            context.setExtraClasspath(options.libraries() + "/*");
        }
        // What Jetty has of CDI (for its transactions) would not find the CDI that an application brings.
        context.getProtectedClassMatcher().add(JettyServer.notProtected(JettyServer.CDI));
        context.getHiddenClassMatcher().add(JettyServer.CDI);
        // else a broken application is served as 503, and its node calls itself ready
        context.setThrowUnavailableOnStartupException(true);
    }

    @Override
    public ContextHandler handler() {
        return context;
    }

    @Override
    public long nativeSessions() {
        return context.getSessionHandler().getSessionsCreated();
    }
}
