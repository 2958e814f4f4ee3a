package dev.holdfast.benchmarks.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The nodes of a contender, and the users who click on them. */
final class Running implements AutoCloseable {

    static final int USERS = 16;
    static final int SESSIONS_EACH = 4;

    private final Contender contender;
    private final List<NodeJvm> nodes = new ArrayList<>();
    private final Load load;

    Running(Contender contender, Path directory, String classPath) throws IOException {
        this.contender = contender;
        try {
            for (int i = 0; i < contender.nodes().size(); i++) {
                nodes.add(NodeJvm.start(
                        (contender.name() + " " + i).replaceAll("[^A-Za-z0-9]+", "-"),
                        directory,
                        classPath,
                        contender.nodes().get(i)));
            }
            load = new Load(nodes.stream().map(NodeJvm::port).toList(), USERS, SESSIONS_EACH, contender.alternating());
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    Contender contender() {
        return contender;
    }

    Load load() {
        return load;
    }

    /** Of all nodes since they started. */
    Duration processorTime() {
        return nodes.stream().map(NodeJvm::processorTime).reduce(Duration.ZERO, Duration::plus);
    }

    @Override
    public void close() {
        nodes.forEach(NodeJvm::close);
    }
}
