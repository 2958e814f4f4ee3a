package dev.holdfast.demo.launcher;

import java.io.IOException;
import java.util.Arrays;

/**
 * The main class of a node: a container with its web applications. Ends on SIGTERM, and when its standard input ends, which
 * it does when the process that started it dies: no node outlives its test.
 *
 * <p>When all applications run it prints {@code node ready name=n1 container=tomcat10 port=40123 pid=4711}; if one fails to
 * start it ends with status 1.
 */
public final class Node {

    /** How the line begins that says that the node is ready. */
    static final String READY = "node ready ";

    private Node() {}

    /** First argument the container's id, then what {@link NodeOptions} knows. */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            System.err.println("usage: Node <container> --name N --webapp /app=file.war [--init key=value]...");
            System.exit(2);
        }
        Container container = Container.of(arguments[0]);
        NodeOptions options = NodeOptions.parse(Arrays.copyOfRange(arguments, 1, arguments.length));
        options.properties().forEach(System::setProperty);
        if (System.getProperty("java.util.logging.config.file") == null) {
            System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tT.%1$tL %4$-7s [%3$s] %5$s%6$s%n");
        }
        endWithStandardInput();
        try {
            WebServer server = start(container, options);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop-node"));
            System.out.println(READY + "name=" + options.name() + " container=" + container.id() + " port="
                    + server.port() + " pid=" + ProcessHandle.current().pid());
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static WebServer start(Container container, NodeOptions options) throws Exception {
        return switch (container) {
            case TOMCAT10, TOMCAT11 -> TomcatServer.start(options);
            case JETTY_EE10 -> JettyServer.start(options, Ee10Webapp::new);
            case JETTY_EE11 -> JettyServer.start(options, Ee11Webapp::new);
        };
    }

    private static void stop(WebServer server) {
        try {
            server.stop();
            System.out.println("node stopped");
        } catch (Exception e) {
            e.printStackTrace();
        }
    }

    private static void endWithStandardInput() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // nobody has anything to say to a node
                        }
                    } catch (IOException e) {
                        // as good as its end
                    }
                    System.exit(0);
                },
                "watch-parent");
        watch.setDaemon(true);
        watch.start();
    }
}
