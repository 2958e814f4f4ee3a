package dev.holdfast.demo.suite;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** Cookie headers that nobody honest sends. None of them names a session. */
final class HostileCookies {

    /**
     * One header.
     *
     * @param wellFormed at most so many of its ids may have the form of one of ours
     */
    record Header(String value, int wellFormed) {

        String describe() {
            return value.length() > 300 ? value.substring(0, 300) + "… " + value.length() : value;
        }
    }

    private static final String FORM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    private final String valid;
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Random random = new Random(seed);

    /** @param valid an id of a real session, to be bent */
    HostileCookies(String valid) {
        this.valid = valid;
    }

    long seed() {
        return seed;
    }

    Header next() {
        String name = Browser.COOKIE + "=";
        return switch (random.nextInt(14)) {
            case 0 -> new Header(name, 0);
            case 1 -> new Header(name + "\"\"", 0);
            case 2 -> new Header(name + text(FORM, random.nextInt(200)), 1);
            case 3 -> new Header(name + text(FORM, valid.length()), 1);
            case 4 -> new Header(name + valid.substring(1), 1);
            case 5 -> new Header(name + valid + text(FORM, 1 + random.nextInt(4)), 1);
            case 6 -> new Header(name + swapCase(), 1);
            case 7 -> new Header(name + bytes(1 + random.nextInt(40)), 1);
            case 8 -> new Header(name + text(FORM, 4_000), 0);
            case 9 -> new Header(name + ".." + "%2e%2e/" + text(FORM, 5), 0);
            case 10 -> new Header(name + text(FORM, valid.length()) + "." + text(FORM + ".", random.nextInt(20)), 1);
            case 11 -> {
                StringBuilder five = new StringBuilder();
                for (int i = 0; i < 5; i++) {
                    five.append(name).append(text(FORM, valid.length())).append("; ");
                }
                yield new Header(five.substring(0, five.length() - 2), 3);
            }
            case 12 -> new Header("$Version=1; " + name + text(FORM, 10) + "; $Path=/", 1);
            default -> new Header(name + "' OR 1=1 --<script>" + text(FORM, 3) + "{}[]*", 0);
        };
    }

    private String swapCase() {
        for (int i = 0; i < valid.length(); i++) {
            char c = valid.charAt(i);
            if (Character.isLetter(c)) {
                char other = Character.isLowerCase(c) ? Character.toUpperCase(c) : Character.toLowerCase(c);
                return valid.substring(0, i) + other + valid.substring(i + 1);
            }
        }
        return valid + "x";
    }

    private String text(String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** Any bytes but the ends of a line. */
    private String bytes(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            char c = (char) random.nextInt(256);
            if (c != '\r' && c != '\n') {
                text.append(c);
            }
        }
        return text.toString();
    }
}
