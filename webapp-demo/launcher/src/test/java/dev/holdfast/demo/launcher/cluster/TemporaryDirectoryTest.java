package dev.holdfast.demo.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryDirectoryTest {
    private static final LocalDateTime NOON = LocalDateTime.of(2026, 11, 22, 12, 0);

    @TempDir
    Path parent;

    @Test
    void whatADeadProcessLeftBehindGoes() throws IOException {
        Process dead = new ProcessBuilder("true").start();
        dead.onExit().join();
        Path orphan = Files.createDirectory(parent.resolve("holdfast-demo-" + dead.pid() + "-17"));
        Files.writeString(orphan.resolve("node.log"), "…");
        Path others = Files.createDirectory(parent.resolve("holdfast-demo-notes"));

        TemporaryDirectory own = TemporaryDirectory.create(parent, NOON);

        assertThat(orphan).doesNotExist();
        assertThat(others).exists();
        assertThat(own.path()).isDirectory();
    }

    @Test
    void whatIsKeptIsNotDeletedByTheNextOne() throws IOException {
        TemporaryDirectory failed = TemporaryDirectory.create(parent, NOON);
        Files.writeString(failed.path().resolve("node.log"), "why");

        failed.keep();
        TemporaryDirectory.create(parent, NOON.plusSeconds(1));

        assertThat(failed.path()).doesNotExist();
        assertThat(failed.kept().resolve("node.log")).hasContent("why");
    }

    @Test
    void onlyTheNewestAreKept() throws IOException {
        List<Path> kept = new ArrayList<>();
        for (int i = 0; i < TemporaryDirectory.MOST_KEPT + 2; i++) {
            TemporaryDirectory failed = TemporaryDirectory.create(parent, NOON.plusSeconds(i));
            Files.writeString(failed.path().resolve("node.log"), "why");
            failed.keep();
            kept.add(failed.kept());
        }

        assertThat(kept.subList(0, 2)).noneMatch(Files::exists);
        assertThat(kept.subList(2, kept.size())).allMatch(Files::exists);
    }
}
