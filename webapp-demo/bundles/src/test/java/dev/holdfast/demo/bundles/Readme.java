package dev.holdfast.demo.bundles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the README tells to type. */
final class Readme {
    static final Path FILE = Path.of("../../README.md").toAbsolutePath().normalize();

    private Readme() {}

    /**
     * Of the block that ends with this command: what comes before the variable is set and the server is started with it, which the tests do
     * themselves.
     */
    static String linesBefore(String start) throws IOException {
        Matcher block = Pattern.compile("(?ms)^```\\n((?:(?!^```).)*?)^export HOLDFAST_STORE=redis://localhost:6379\\n"
                        + Pattern.quote(start) + "\\n```$")
                .matcher(Files.readString(FILE));
        if (!block.find()) {
            throw new AssertionError("the README has no block that ends with: " + start);
        }
        return block.group(1);
    }
}
