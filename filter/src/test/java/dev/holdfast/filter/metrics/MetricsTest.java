package dev.holdfast.filter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.MXBean;
import org.junit.jupiter.api.Test;

/** The metrics as the operators' page tells them, against those that there are. */
class MetricsTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Za-z]+)` \\|");

    @Test
    void theOperatorsPageTellsEveryMetric() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "operations.md"));

        assertThat(rows(page, "| Sessions |")).containsExactlyInAnyOrderElementsOf(attributes(SessionsMXBean.class));
        assertThat(rows(page, "| Store |")).containsExactlyInAnyOrderElementsOf(attributes(StoreMXBean.class));
    }

    private static List<String> rows(String page, String header) {
        String table = page.substring(page.indexOf(header));
        Matcher rows = ROW.matcher(table.substring(0, table.indexOf("\n\n")));
        return rows.results().map(row -> row.group(1)).toList();
    }

    private static List<String> attributes(Class<?> bean) {
        assertThat(bean.getSimpleName()).endsWith(MXBean.class.getSimpleName());
        return Stream.of(bean.getMethods())
                .map(Method::getName)
                .map(name -> name.replaceFirst("^(get|is)(?=[A-Z])", ""))
                .sorted()
                .toList();
    }

    @Test
    void everyWarningAndErrorIsToldWithWhatToDo() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "operations.md"));
        String chapter = page.substring(page.indexOf("## What the log says"));
        chapter = chapter.substring(0, chapter.indexOf("\n## ", 1));
        List<String> told = Pattern.compile("(?m)^\\| `(.+?)` \\| \\S")
                .matcher(chapter)
                .results()
                .map(row -> row.group(1))
                .toList();

        assertThat(told).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(linesInTheSources());
    }

    /** Those that are written as they are: what a store says at start about its server is in its own page. */
    private static List<String> linesInTheSources() throws IOException {
        Pattern line = Pattern.compile("(?:\\.(?:warn|error)|\\btell)\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
        Path root = Path.of("..").toRealPath();
        try (Stream<Path> sources = modules(root)) {
            List<String> lines = sources.flatMap(
                            file -> line.matcher(joined(file)).results())
                    .map(found -> found.group(1))
                    .filter(text -> text.contains(" ")) // else a word for a line that is written elsewhere
                    .distinct()
                    .toList();
            assertThat(lines).hasSizeGreaterThan(40); // else the sources were not found
            return lines;
        }
    }

    private static Stream<Path> modules(Path root) throws IOException {
        return Arrays.stream(new String[] {
                    "filter", "backend-redis", "backend-memcached", "backend-multicast-peer", "serializers"
                })
                .map(module -> root.resolve(module).resolve(Path.of("src", "main", "java")))
                .flatMap(MetricsTest::javaFiles);
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String joined(Path file) {
        try {
            return Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
