package dev.holdfast.demo.suite;

/** How much of a thing this run does. */
final class Suite {

    private Suite() {}

    /** A number that the containers' own sessions need not reach. */
    static int repetitions(int full) {
        return Boolean.getBoolean("holdfast.suite.control") ? Math.max(1, full / 20) : full;
    }
}
