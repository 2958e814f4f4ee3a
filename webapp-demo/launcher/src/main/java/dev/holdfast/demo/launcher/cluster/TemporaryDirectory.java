package dev.holdfast.demo.launcher.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory for this process. One that a dead process left behind is deleted by the next, unless it was kept on purpose: of those the
 * newest few stay.
 */
final class TemporaryDirectory {
    private static final String PREFIX = "holdfast-demo-";
    private static final String KEPT = PREFIX + "kept-";
    /** How many of those that were kept there are at the most. */
    static final int MOST_KEPT = 3;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path path;
    private final Path kept;

    private TemporaryDirectory(Path path, Path kept) {
        this.path = path;
        this.kept = kept;
    }

    static TemporaryDirectory create() throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")), LocalDateTime.now(ZoneId.systemDefault()));
    }

    /** @param now names it if it is kept: the latest name is that of the newest */
    static TemporaryDirectory create(Path parent, LocalDateTime now) throws IOException {
        deleteOrphans(parent);
        Path path = Files.createTempDirectory(
                parent, PREFIX + ProcessHandle.current().pid() + "-");
        String own = path.getFileName().toString().substring(PREFIX.length());
        return new TemporaryDirectory(path, parent.resolve(KEPT + TIME.format(now) + "-" + own));
    }

    Path path() {
        return path;
    }

    /** Where {@link #keep} brings it. */
    Path kept() {
        return kept;
    }

    void delete() throws IOException {
        deleteAll(path);
    }

    /** Instead of deleting it. What was kept before is deleted as far as there is too much of it. */
    void keep() throws IOException {
        Files.move(path, kept);
        List<Path> newestFirst;
        try (Stream<Path> all = Files.list(kept.resolveSibling("."))) {
            newestFirst = all.filter(TemporaryDirectory::isKept)
                    .sorted(Comparator.comparing(Path::getFileName).reversed())
                    .toList();
        }
        for (Path old : newestFirst.subList(Math.min(MOST_KEPT, newestFirst.size()), newestFirst.size())) {
            deleteAll(old);
        }
    }

    private static boolean isKept(Path directory) {
        return String.valueOf(directory.getFileName()).matches(KEPT + "[0-9]{8}-[0-9]{6}-[0-9]{1,18}-[0-9]+")
                && Files.isWritable(directory);
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
