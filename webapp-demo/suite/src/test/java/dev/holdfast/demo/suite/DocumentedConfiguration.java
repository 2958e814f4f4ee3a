package dev.holdfast.demo.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The configurations of balancers in docs/operations.md, which are run as they stand there. */
final class DocumentedConfiguration {

    private static final Path PAGE = Path.of("..", "..", "docs", "operations.md");

    private static final Pattern NODE = Pattern.compile("\\bapp([1-9]):8080\\b");

    private DocumentedConfiguration() {}

    /** The block whose first line is a comment with this title. */
    static String of(String title) {
        try {
            String page = Files.readString(PAGE);
            Matcher block = Pattern.compile("(?ms)^```\\n# " + Pattern.quote(title) + "\\n(.*?)^```$")
                    .matcher(page);
            if (!block.find()) {
                throw new AssertionError(PAGE + " shows no configuration '" + title + "'");
            }
            return block.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with real nodes; lines of nodes that are not there are left out. */
    static String before(List<Integer> ports, String configuration) {
        StringBuilder real = new StringBuilder();
        configuration.lines().forEach(line -> {
            Matcher node = NODE.matcher(line);
            if (!node.find()) {
                real.append(line).append('\n');
            } else if (Integer.parseInt(node.group(1)) <= ports.size()) {
                int port = ports.get(Integer.parseInt(node.group(1)) - 1);
                real.append(node.replaceAll("127.0.0.1:" + port)).append('\n');
            }
        });
        return real.toString();
    }
}
