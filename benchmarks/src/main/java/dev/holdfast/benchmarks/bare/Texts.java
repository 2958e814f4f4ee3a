package dev.holdfast.benchmarks.bare;

/** Values of attributes. */
public final class Texts {

    private Texts() {}

    /** Does not compress well. */
    public static String text(int seed, int length) {
        StringBuilder text = new StringBuilder(length);
        long random = seed * 0x9E3779B97F4A7C15L + length;
        while (text.length() < length) {
            random = random * 6364136223846793005L + 1442695040888963407L;
            text.append((char) ('a' + (random >>> 33) % 26));
        }
        return text.toString();
    }
}
