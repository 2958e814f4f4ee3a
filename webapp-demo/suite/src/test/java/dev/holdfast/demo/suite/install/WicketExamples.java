package dev.holdfast.demo.suite.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The examples of Apache Wicket 9, as their project published them. They are written for {@code javax.servlet}, so they go
 * through Apache Tomcat's migration tool, as Tomcat itself does with everything in its {@code webapps-javaee} directory.
 */
final class WicketExamples {

    /** Where this module's build copies the WAR and the tool. */
    private static final Path FILES = Path.of("target/third-party");

    private WicketExamples() {}

    /** The WAR for {@code jakarta.servlet}; made at the first call, which takes some ten seconds. */
    static synchronized Path war() throws IOException, InterruptedException {
        Path migrated = FILES.resolve("wicket-examples-jakarta.war");
        if (!Files.exists(migrated)) {
            Path unfinished = FILES.resolve("unfinished.war");
            Path log = FILES.resolve("migration.log");
            int status = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-jar",
                            FILES.resolve("jakartaee-migration.jar").toString(),
                            "-profile=EE",
                            FILES.resolve("wicket-examples.war").toString(),
                            unfinished.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("the migration ended with " + status + ", see " + log.toAbsolutePath());
            }
            Files.move(unfinished, migrated, StandardCopyOption.ATOMIC_MOVE);
        }
        return migrated;
    }
}
