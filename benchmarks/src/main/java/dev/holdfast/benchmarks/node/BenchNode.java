package dev.holdfast.benchmarks.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/**
 * A Tomcat with {@link ShopServlet}. Ends with its standard input. Prints {@code ready PORT} when it serves.
 *
 * <p>Arguments: the class name of a {@link Sessions}, its work directory, and what that {@link Sessions} is told.
 */
public final class BenchNode {

    private BenchNode() {}

    /** What keeps the sessions. Has a constructor without parameters. */
    public interface Sessions {

        /** Called before Tomcat starts. */
        void install(Tomcat tomcat, Context context, String[] settings) throws Exception;
    }

    /** Tomcat's own, in memory. */
    public static final class Unreplicated implements Sessions {
        @Override
        public void install(Tomcat tomcat, Context context, String[] settings) {}
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tT.%1$tL %4$-7s [%3$s] %5$s%6$s%n");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Path.of(arguments[1]).toAbsolutePath().toString());
        tomcat.setHostname("localhost");
        tomcat.setPort(0);
        Connector connector = tomcat.getConnector();
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.setProperty("keepAliveTimeout", "600000");
        connector.setProperty("connectionTimeout", "600000");
        Context context = tomcat.addContext("", null);
        context.setParentClassLoader(BenchNode.class.getClassLoader());
        Tomcat.addServlet(context, "shop", ShopServlet.class.getName());
        context.addServletMappingDecoded("/", "shop");
        for (String path : new String[] {"/plain", "/new", "/read", "/change"}) {
            context.addServletMappingDecoded(path, "shop");
        }
        Sessions sessions =
                (Sessions) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
        sessions.install(tomcat, context, Arrays.copyOfRange(arguments, 2, arguments.length));
        tomcat.start();
        if (!context.getState().isAvailable()) {
            System.err.println("the application did not start");
            System.exit(1);
        }
        System.out.println("ready " + connector.getLocalPort());
        awaitEndOfInput();
        System.exit(0);
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // nobody has anything to say to a node
            }
        } catch (IOException e) {
            // as good as its end
        }
    }
}
