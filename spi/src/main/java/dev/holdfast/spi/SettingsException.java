package dev.holdfast.spi;

import java.util.List;

/** Settings that cannot be used. The message names every problem, for the operator, and shows no secret. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** An array, because an exception must be serializable to its last field. */
    private final String[] problems;

    SettingsException(String filterName, List<String> problems) {
        super((problems.size() == 1 ? "1 problem" : problems.size() + " problems")
                + " in the settings of filter '" + filterName + "':\n  "
                + String.join("\n  ", problems));
        this.problems = problems.toArray(String[]::new);
    }

    /** One line each. */
    public List<String> problems() {
        return List.of(problems);
    }
}
