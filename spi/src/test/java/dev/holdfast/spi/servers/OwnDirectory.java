package dev.holdfast.spi.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Directories for temporary files that go with what they belong to, or else with this JVM. Thread-safe. */
public final class OwnDirectory {

    private static final Set<Path> EXISTING = ConcurrentHashMap.newKeySet();

    private OwnDirectory() {}

    public static Path create(String prefix) {
        try {
            Path directory = Files.createTempDirectory(prefix);
            EXISTING.add(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With all that is in it. Idempotent. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // deleted before
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        EXISTING.remove(directory);
    }

    static void deleteAll() {
        List.copyOf(EXISTING).forEach(OwnDirectory::delete);
    }
}
