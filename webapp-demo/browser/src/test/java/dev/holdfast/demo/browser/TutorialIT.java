package dev.holdfast.demo.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/tutorial.md tells, in its order, and compares what is printed. "…" there stands for anything. */
class TutorialIT {
    private static final Path TUTORIAL = Path.of("../../docs/tutorial.md");
    private static final Pattern START = Pattern.compile("(?m)^bin/demo (.*)$");
    private static final Pattern PRINTED = Pattern.compile("(?m)^ +(\\S+) +port +[0-9]+ +pid +([0-9]+) +log ");
    private static final Pattern CONSOLE = Pattern.compile("(?ms)^```console\n(.*?)^```$");
    private static final Pattern ID = Pattern.compile("Session ID +(\\S+)");
    private static final String MARK = "@@@ ended with ";

    @TempDir
    Path directory;

    /** A command and the lines that it prints. */
    private record Step(String command, List<String> expected) {}

    @Test
    void whatItTellsIsWhatOneSees() throws Exception {
        String tutorial = Files.readString(TUTORIAL);
        Matcher start = START.matcher(tutorial);
        assertThat(start.find()).isTrue();
        List<Step> steps = steps(tutorial);
        assertThat(steps).hasSizeGreaterThan(7);

        DemoCommand demo =
                DemoCommand.start(directory.resolve("demo.log"), start.group(1).split(" "));
        try (demo) {
            // the reader's own numbers
            String script = steps.stream()
                    .map(step -> step.command() + "\necho \"" + MARK + "$?\"\n")
                    .collect(Collectors.joining())
                    .replace("http://localhost:8080/", demo.site().toString());
            Matcher server = PRINTED.matcher(tutorial);
            while (server.find()) {
                script = script.replace("kill -9 " + server.group(2), "kill -9 " + demo.pid(server.group(1)));
            }
            assertEach(steps, run(script));
        }
        demo.assertThatNothingIsLeft();
    }

    private static List<Step> steps(String tutorial) {
        List<Step> steps = new ArrayList<>();
        CONSOLE.matcher(tutorial)
                .results()
                .flatMap(block -> block.group(1).lines())
                .forEach(line -> {
                    if (line.startsWith("$ ")) {
                        steps.add(new Step(line.substring(2), new ArrayList<>()));
                    } else {
                        steps.get(steps.size() - 1).expected().add(line);
                    }
                });
        return steps;
    }

    private String run(String script) throws IOException, InterruptedException {
        Path output = directory.resolve("terminal.log");
        Process shell = new ProcessBuilder("bash", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = shell.waitFor(5, TimeUnit.MINUTES);
        shell.destroyForcibly();
        assertThat(ended).as(Files.readString(output)).isTrue();
        return Files.readString(output);
    }

    private static void assertEach(List<Step> steps, String terminal) {
        assertThat(ID.matcher(terminal).results().map(id -> id.group(1)).distinct())
                .as("ids in\n%s", terminal)
                .hasSize(1);
        String[] outputs = terminal.split("(?m)^" + MARK + ".*\n");
        assertThat(terminal).as("every command did what it should").doesNotContainPattern(MARK + "[1-9]");
        for (int i = 0; i < steps.size(); i++) {
            String seen = i < outputs.length ? outputs[i] : "";
            Step step = steps.get(i);
            List<String> lines = seen.lines().map(String::strip).toList();
            assertThat(lines).as("$ %s\nin\n%s", step.command(), terminal).hasSameSizeAs(step.expected());
            for (int line = 0; line < lines.size(); line++) {
                assertThat(lines.get(line))
                        .as("$ %s\nin\n%s", step.command(), terminal)
                        .matches(anything(step.expected().get(line).strip()));
            }
        }
    }

    private static String anything(String expected) {
        return Arrays.stream(expected.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".+"));
    }
}
