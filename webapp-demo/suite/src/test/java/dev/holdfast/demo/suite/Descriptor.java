package dev.holdfast.demo.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The test application's web.xml, varied. */
final class Descriptor {

    private static final Path OWN = Path.of("..", "testapp", "src", "main", "webapp", "WEB-INF", "web.xml");

    private Descriptor() {}

    /** With these elements more. */
    static Path with(String elements) {
        return written(own().replace("</web-app>", elements + "</web-app>"));
    }

    /** With init-params of the session filter more: a name, its value, the next name. */
    static Path withInitParams(String... namesAndValues) {
        StringBuilder params = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            params.append("<init-param><param-name>" + namesAndValues[i] + "</param-name><param-value>"
                    + namesAndValues[i + 1] + "</param-value></init-param>\n");
        }
        return written(
                own().replace("</async-supported>\n  </filter>", "</async-supported>\n" + params + "  </filter>"));
    }

    /** As it is. */
    static String own() {
        try {
            return Files.readString(OWN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path written(String descriptor) {
        if (descriptor.equals(own())) {
            throw new IllegalArgumentException("nothing was changed");
        }
        try {
            Path file = Files.createTempFile("web", ".xml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, descriptor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
