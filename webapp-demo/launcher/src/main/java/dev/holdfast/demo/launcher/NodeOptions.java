package dev.holdfast.demo.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node shall be: read by {@link Node} from its arguments, written by {@link NodeProcess} as such. Mutable while it is
 * being built by one thread; {@link #copy} to vary it.
 */
public final class NodeOptions {

    /** Small and quick to start: tests start dozens of nodes on two cores. */
    private static final List<String> SMALL_JVM = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-XX:+HeapDumpOnOutOfMemoryError",
            "-Djava.awt.headless=true");

    private String name = "node";
    private int port;
    private String address = "127.0.0.1";
    private @Nullable String route;
    private boolean http2;
    private boolean gzip;
    private boolean crossContext;
    private @Nullable Path libraries;
    private Path directory = Path.of("target", "nodes");
    private final Map<String, Path> webapps = new LinkedHashMap<>();
    private final Map<String, Path> descriptors = new LinkedHashMap<>();
    private final List<String> withoutFilter = new ArrayList<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<User> users = new ArrayList<>();
    private List<String> jvmArguments = SMALL_JVM;
    private final Map<String, String> environment = new LinkedHashMap<>();

    /** Somebody who may log in by the container's own means. */
    record User(String name, String password, String role) {}

    private NodeOptions() {}

    /** A node with this name, without a web application yet, on any free port of the loopback address. */
    public static NodeOptions named(String name) {
        NodeOptions options = new NodeOptions();
        options.name = name;
        return options;
    }

    public NodeOptions copy(String newName) {
        NodeOptions copy = parse(arguments().toArray(String[]::new));
        copy.jvmArguments = jvmArguments;
        copy.environment.putAll(environment);
        copy.name = newName;
        return copy;
    }

    /**
     * Adds a web application.
     *
     * @param contextPath "" or "/" for the root
     * @param war a WAR file or an expanded one; it is copied, never changed
     */
    public NodeOptions webapp(String contextPath, Path war) {
        webapps.put(root(contextPath), war);
        return this;
    }

    /** Lets the web application at this path have another web.xml than its own. */
    public NodeOptions webXml(String contextPath, Path descriptor) {
        descriptors.put(root(contextPath), descriptor);
        return this;
    }

    /** Takes the session filter out of the web.xml of the application at this path: what the container itself does. */
    public NodeOptions withoutFilter(String contextPath) {
        withoutFilter.add(root(contextPath));
        return this;
    }

    /** A system property of the node, e.g. {@code holdfast.store}. */
    public NodeOptions property(String key, String value) {
        properties.put(key, value);
        return this;
    }

    /** 0, the default, for any free one. */
    public NodeOptions port(int newPort) {
        this.port = newPort;
        return this;
    }

    public NodeOptions address(String newAddress) {
        this.address = newAddress;
        return this;
    }

    /** The container's own route: Tomcat's jvmRoute, Jetty's worker name. */
    public NodeOptions route(String newRoute) {
        this.route = newRoute;
        return this;
    }

    /** Serve HTTP/2 in clear text too, by upgrade or prior knowledge. */
    public NodeOptions http2() {
        this.http2 = true;
        return this;
    }

    /** Compress answers to clients that accept it. */
    public NodeOptions gzip() {
        this.gzip = true;
        return this;
    }

    /** Let {@code ServletContext.getContext} hand out the node's other applications. */
    public NodeOptions crossContext() {
        this.crossContext = true;
        return this;
    }

    /**
     * Lets every web application see the jars of a directory as if they were in its {@code WEB-INF/lib}, by what the container
     * has for that: Tomcat's {@code PostResources}, Jetty's {@code extraClasspath}. The applications stay as they are.
     */
    public NodeOptions libraries(Path newLibraries) {
        this.libraries = newLibraries;
        return this;
    }

    /** Somebody who may log in by the container's own means; no part may hold a colon. */
    public NodeOptions user(String userName, String password, String role) {
        users.add(new User(userName, password, role));
        return this;
    }

    /** Where the node's log and its work directory go, in a directory with its name. */
    public NodeOptions directory(Path newDirectory) {
        this.directory = newDirectory;
        return this;
    }

    /** Instead of the few that make small nodes that start quickly. */
    public NodeOptions jvmArguments(List<String> arguments) {
        this.jvmArguments = List.copyOf(arguments);
        return this;
    }

    /** An environment variable of the node, beside those of this JVM. Other than properties, no other user of this machine reads it. */
    public NodeOptions environment(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Map<String, String> environment() {
        return environment;
    }

    public String name() {
        return name;
    }

    int port() {
        return port;
    }

    String address() {
        return address;
    }

    @Nullable
    String route() {
        return route;
    }

    boolean isHttp2() {
        return http2;
    }

    boolean isGzip() {
        return gzip;
    }

    boolean isCrossContext() {
        return crossContext;
    }

    @Nullable
    Path libraries() {
        return libraries;
    }

    Path directory() {
        return directory;
    }

    Path workDirectory() {
        return directory.resolve(name);
    }

    Map<String, Path> webapps() {
        return webapps;
    }

    @Nullable
    Path webXml(String contextPath) {
        return descriptors.get(contextPath);
    }

    boolean isWithoutFilter(String contextPath) {
        return withoutFilter.contains(contextPath);
    }

    Map<String, String> properties() {
        return properties;
    }

    List<User> users() {
        return users;
    }

    List<String> jvmArguments() {
        return jvmArguments;
    }

    /** What {@link #parse} reads. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--name", name, "--port", String.valueOf(port), "--address", address, "--directory", "" + directory));
        if (route != null) {
            arguments.addAll(List.of("--route", route));
        }
        if (http2) {
            arguments.add("--http2");
        }
        if (gzip) {
            arguments.add("--gzip");
        }
        if (crossContext) {
            arguments.add("--cross-context");
        }
        if (libraries != null) {
            arguments.addAll(List.of("--libraries", "" + libraries.toAbsolutePath()));
        }
        webapps.forEach((path, war) -> arguments.addAll(List.of("--webapp", path + "=" + war.toAbsolutePath())));
        descriptors.forEach((path, xml) -> arguments.addAll(List.of("--web-xml", path + "=" + xml.toAbsolutePath())));
        withoutFilter.forEach(path -> arguments.addAll(List.of("--without-filter", path)));
        properties.forEach((key, value) -> arguments.addAll(List.of("--init", key + "=" + value)));
        users.forEach(
                user -> arguments.addAll(List.of("--user", user.name() + ":" + user.password() + ":" + user.role())));
        return arguments;
    }

    /**
     * Reads the arguments of a node.
     *
     * @throws IllegalArgumentException for one that is not known, or lacks its value
     */
    static NodeOptions parse(String[] arguments) {
        NodeOptions options = new NodeOptions();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            switch (argument) {
                case "--http2" -> options.http2();
                case "--gzip" -> options.gzip();
                case "--cross-context" -> options.crossContext();
                default -> {
                    if (++i == arguments.length) {
                        throw new IllegalArgumentException(argument + " is not known, or lacks its value");
                    }
                    options.parse(argument, arguments[i]);
                }
            }
        }
        return options;
    }

    private void parse(String argument, String value) {
        int equals = value.indexOf('=');
        String key = equals < 0 ? "" : value.substring(0, equals);
        String rest = value.substring(equals + 1);
        switch (argument) {
            case "--name" -> name = value;
            case "--port" -> port(Integer.parseInt(value));
            case "--address" -> address(value);
            case "--directory" -> directory(Path.of(value));
            case "--route" -> route(value);
            case "--libraries" -> libraries(Path.of(value));
            case "--webapp" -> webapp(key, Path.of(rest));
            case "--web-xml" -> webXml(key, Path.of(rest));
            case "--without-filter" -> withoutFilter(value);
            case "--user" -> {
                String[] parts = value.split(":");
                user(parts[0], parts[1], parts[2]);
            }
            case "--init" -> property(key, rest);
            default -> throw new IllegalArgumentException(argument + " is not known");
        }
    }

    private static String root(String contextPath) {
        return contextPath.equals("/") ? "" : contextPath;
    }
}
