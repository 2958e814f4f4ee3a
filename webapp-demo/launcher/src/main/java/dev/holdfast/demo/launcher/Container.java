package dev.holdfast.demo.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A servlet container that a node can be. */
public enum Container {
    TOMCAT10("tomcat10"),
    TOMCAT11("tomcat11"),
    JETTY_EE10("jetty-ee10"),
    JETTY_EE11("jetty-ee11");

    private final String id;

    Container(String id) {
        this.id = id;
    }

    /** As on command lines and in directories. */
    public String id() {
        return id;
    }

    public boolean isJetty() {
        return this == JETTY_EE10 || this == JETTY_EE11;
    }

    /** Whether it implements Servlet 6.1, not only 6.0. */
    public boolean isServlet61() {
        return this == TOMCAT11 || this == JETTY_EE11;
    }

    /**
     * The container with this id.
     *
     * @throws IllegalArgumentException if there is none, naming those that there are
     */
    public static Container of(String id) {
        for (Container container : values()) {
            if (container.id.equals(id)) {
                return container;
            }
        }
        throw new IllegalArgumentException("no container '" + id + "', there are: "
                + String.join(", ", Arrays.stream(values()).map(Container::id).toList()));
    }

    /**
     * The class path of a node of this container: its own jars, and the launcher.
     *
     * @throws IllegalStateException if the build has not copied the jars
     */
    String classPath() {
        Path launcher = ownCode();
        // webapp-demo/launcher/target/{classes, the jar}
        Path module = launcher.getParent() == null ? null : launcher.getParent().getParent();
        Path demo = module == null ? null : module.getParent();
        if (demo == null) {
            throw new IllegalStateException("the launcher does not run from its build directory: " + launcher);
        }
        Path jars = demo.resolve("target").resolve("containers").resolve(id);
        if (!Files.isDirectory(jars)) {
            throw new IllegalStateException("no jars of " + id + " in " + jars + ": build webapp-demo first");
        }
        return jars + "/*" + System.getProperty("path.separator") + launcher;
    }

    private static Path ownCode() {
        try {
            return Path.of(Container.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toRealPath();
        } catch (URISyntaxException | IOException e) {
            throw new IllegalStateException("cannot find the launcher's own code", e);
        }
    }
}
