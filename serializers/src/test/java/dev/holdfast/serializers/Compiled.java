package dev.holdfast.serializers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Classes of one deployment of an application, compiled from source, in a loader of their own. */
final class Compiled extends URLClassLoader {

    private final Path folder;

    private Compiled(Path folder) throws IOException {
        super(new URL[] {folder.toUri().toURL()}, Compiled.class.getClassLoader());
        this.folder = folder;
    }

    /** @param sources one top-level class each, of the package {@code shop} */
    static Compiled of(String... sources) {
        try {
            Path folder = Files.createTempDirectory("deployment");
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            List<Path> files = new java.util.ArrayList<>();
            for (int i = 0; i < sources.length; i++) {
                Path file = Files.createDirectories(folder.resolve("src" + i)).resolve(nameIn(sources[i]) + ".java");
                files.add(Files.writeString(file, "package shop; import java.util.*; import java.io.*; " + sources[i]));
            }
            try (var manager = compiler.getStandardFileManager(null, null, null)) {
                boolean sound = compiler.getTask(
                                null,
                                manager,
                                null,
                                List.of("-d", folder.toString(), "-proc:none", "--release", "17"),
                                null,
                                manager.getJavaFileObjectsFromPaths(files))
                        .call();
                if (!sound) {
                    throw new AssertionError("does not compile: " + List.of(sources));
                }
            }
            return new Compiled(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameIn(String source) {
        String[] words = source.split("[^A-Za-z0-9_]+");
        for (int i = 0; i + 1 < words.length; i++) {
            if (List.of("class", "record", "enum", "interface").contains(words[i])) {
                return words[i + 1];
            }
        }
        throw new AssertionError(source);
    }

    @Override
    public void close() throws IOException {
        super.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
