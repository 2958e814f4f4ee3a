package dev.holdfast.demo.launcher.cluster;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link DemoCluster} shall be.
 *
 * @param war the application
 * @param containers one node each, at least one
 * @param ownStore whose servers are started first, for the sessions to be kept there; null: none
 * @param storeNote where the sessions are, in a sentence for people
 * @param ownBalancer what stands before the nodes, called tomcatA, tomcatB and so on then; null: a balancer in this JVM
 * @param settings of the session filter, without their prefix
 * @param environment of the nodes, beside this JVM's own: for what must not stand in their command lines
 * @param libraries jars that the application gets beside its own; null: none
 * @param withFilter false takes the session filter out of the application's web.xml
 * @param port of the balancer, 0 for any free one
 * @param console where on 127.0.0.1 requests go whose path begins with {@link DemoCluster#CONSOLE_PATH}; null: to the nodes, like all
 */
public record ClusterPlan(
        Path war,
        List<Container> containers,
        @Nullable OwnStore ownStore,
        String storeNote,
        @Nullable OwnBalancer ownBalancer,
        Map<String, String> settings,
        Map<String, String> environment,
        @Nullable Path libraries,
        boolean withFilter,
        int port,
        @Nullable Integer console) {

    /** Of the node of this name, with all settings, those that lead to the demo's own store included. */
    NodeOptions options(Map<String, String> all, Path directory, String name) {
        NodeOptions options = NodeOptions.named(name)
                .webapp("/", war)
                .directory(directory)
                .property("demo.node", name)
                .property("demo.nodes", String.join(",", names()))
                .property("demo.event-log", eventLog(directory, name).toString());
        if (console != null) {
            options.property("demo.console", DemoCluster.CONSOLE_PATH);
        }
        if (!withFilter) {
            // nor its settings: with a store named, the filter installs itself
            return options.withoutFilter("/");
        }
        all.forEach((key, value) -> options.property("holdfast." + key, value));
        environment.forEach(options::environment);
        if (libraries != null) {
            options.libraries(libraries);
        }
        return options;
    }

    /**
     * A container's id, with a number if it is asked for more than once. Behind a balancer that people know, names that they know:
     * tomcatA, tomcatB.
     */
    List<String> names() {
        List<String> names = new ArrayList<>();
        if (ownBalancer != null) {
            for (int i = 0; i < containers.size(); i++) {
                names.add((containers.get(i).isJetty() ? "jetty" : "tomcat") + (char) ('A' + i));
            }
            return names;
        }
        for (int i = 0; i < containers.size(); i++) {
            Container container = containers.get(i);
            long same = containers.stream().filter(container::equals).count();
            long before =
                    containers.subList(0, i).stream().filter(container::equals).count();
            names.add(same == 1 ? container.id() : container.id() + "-" + (before + 1));
        }
        return names;
    }

    /** Where the node of this name writes its session events. */
    static Path eventLog(Path directory, String name) {
        return directory.resolve(name + ".events");
    }
}
