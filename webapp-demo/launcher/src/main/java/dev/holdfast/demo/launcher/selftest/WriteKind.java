package dev.holdfast.demo.launcher.selftest;

import java.util.Locale;

/** The numbered writes of the demo. */
enum WriteKind {
    CLICKS("/counter"),
    CART("/cart"),
    NOTES("/note"),
    JOBS("/async");

    private final String path;

    WriteKind(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }

    /** The session attribute, and the class of the element that shows it. */
    String attribute() {
        return name().toLowerCase(Locale.ROOT);
    }
}
