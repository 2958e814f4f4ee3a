package dev.holdfast.demo.app;

import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalInt;

/** Reads what a form sent; whatever a stranger may have put there instead is refused. */
final class Parameters {
    private Parameters() {}

    /** The parameter as a click's number, 1 to {@link Clicks#MAX}; empty if it is anything else. */
    static OptionalInt number(HttpServletRequest request, String name) {
        String value = request.getParameter(name);
        if (value == null || !value.matches("[0-9]{1,5}")) {
            return OptionalInt.empty();
        }
        int number = Integer.parseInt(value);
        return number >= 1 && number <= Clicks.MAX ? OptionalInt.of(number) : OptionalInt.empty();
    }

    /** The parameter's text without the blanks around it, empty if it is missing, cut to {@code length}. */
    static String text(HttpServletRequest request, String name, int length) {
        String value = request.getParameter(name);
        String stripped = value == null ? "" : value.strip();
        return stripped.length() <= length ? stripped : stripped.substring(0, length);
    }
}
