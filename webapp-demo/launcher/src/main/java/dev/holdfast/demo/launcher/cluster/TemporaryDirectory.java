package dev.holdfast.demo.launcher.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A directory for this process. One that a dead process left behind, killed or on purpose, is deleted by the next. */
final class TemporaryDirectory {
    private static final String PREFIX = "holdfast-demo-";

    private final Path path;

    private TemporaryDirectory(Path path) {
        this.path = path;
    }

    static TemporaryDirectory create() throws IOException {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"));
        deleteOrphans(parent);
        return new TemporaryDirectory(Files.createTempDirectory(
                parent, PREFIX + ProcessHandle.current().pid() + "-"));
    }

    Path path() {
        return path;
    }

    void delete() throws IOException {
        deleteAll(path);
    }

    private static void deleteOrphans(Path parent) throws IOException {
        List<Path> directories;
        try (Stream<Path> all = Files.list(parent)) {
            directories = all.filter(TemporaryDirectory::isOrphan).toList();
        }
        for (Path orphan : directories) {
            deleteAll(orphan);
        }
    }

    private static boolean isOrphan(Path directory) {
        String name = String.valueOf(directory.getFileName());
        if (!name.matches(PREFIX + "[0-9]{1,18}-[0-9]+") || !Files.isWritable(directory)) {
            return false;
        }
        String pid = name.substring(PREFIX.length(), name.indexOf('-', PREFIX.length()));
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
        return process.isEmpty() || !process.get().isAlive();
    }

    private static void deleteAll(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(directory)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return;
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
