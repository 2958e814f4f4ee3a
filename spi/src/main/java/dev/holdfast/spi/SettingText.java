package dev.holdfast.spi;

import dev.holdfast.spi.Settings.BadValue;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How values are written in settings, and how they are shown to people. */
final class SettingText {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,18}) ?(ms|s|m|h|d)");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10}) ?(B|KB|MB)");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:(?://)?");
    private static final int SHOWN = 80;

    private SettingText() {}

    static Duration duration(String text, Duration longest) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue(
                    NUMBER.matcher(text).matches()
                            ? "has no unit; write e.g. 500ms or 2s"
                            : "is not a duration; write a whole number and one of ms, s, m, h, d, e.g. 500ms or 2s");
        }
        long amount = Long.parseLong(matcher.group(1));
        long unitMillis = switch (matcher.group(2)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
        };
        if (amount > longest.toMillis() / unitMillis) {
            throw new BadValue("is too long; it must be at most " + of(longest));
        }
        return Duration.ofMillis(amount * unitMillis);
    }

    static int integer(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new BadValue("is not a whole number");
        }
        long number = Long.parseLong(text);
        if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) {
            throw new BadValue("is out of range; it must be at most " + Integer.MAX_VALUE);
        }
        return (int) number;
    }

    static int size(String text) {
        if (text.equals("off")) {
            return Integer.MAX_VALUE;
        }
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue(
                    NUMBER.matcher(text).matches()
                            ? "has no unit; write e.g. 512B or 64KB"
                            : "is not a size; write off, or a whole number and one of B, KB, MB, e.g. 512B or 64KB");
        }
        long unit = switch (matcher.group(2)) {
            case "B" -> 1;
            case "KB" -> 1 << 10;
            default -> 1 << 20;
        };
        long size = Long.parseLong(matcher.group(1)) * unit;
        if (size >= Integer.MAX_VALUE) {
            throw new BadValue("is too much; it must be less than 2048MB");
        }
        return (int) size;
    }

    /** As it would be written: in the greatest unit that leaves a whole number. */
    static String ofSize(int size) {
        if (size == Integer.MAX_VALUE) {
            return "off";
        }
        if (size % (1 << 10) != 0 || size == 0) {
            return size + "B";
        }
        return size % (1 << 20) != 0 ? (size >> 10) + "KB" : (size >> 20) + "MB";
    }

    /** As it would be written: in the greatest unit that leaves a whole number. */
    static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 || millis % 1_000 != 0) {
            return millis + "ms";
        }
        if (millis % 60_000 != 0) {
            return millis / 1_000 + "s";
        }
        if (millis % 3_600_000 != 0) {
            return millis / 60_000 + "m";
        }
        return millis % 86_400_000 != 0 ? millis / 3_600_000 + "h" : millis / 86_400_000 + "d";
    }

    /** As it would be written: in lower case with dashes. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Without what only the owner may read, in one line of no surprising length and no characters that move the cursor. */
    static String shown(String text) {
        String masked = withoutCredentials(text);
        int end = Math.min(masked.length(), SHOWN);
        StringBuilder shown = new StringBuilder(end + 40);
        for (int i = 0; i < end; i++) {
            char c = masked.charAt(i);
            if (isPlain(c)) {
                shown.append(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        if (end < masked.length()) {
            shown.append("… (").append(masked.length()).append(" characters)");
        }
        return shown.toString();
    }

    /** No controls, no line ends, no marks that turn the direction of writing, no halves of a pair cut by the shortening. */
    private static boolean isPlain(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /**
     * An address without user, password and query. Passwords are written into addresses unescaped, with {@code @}, {@code /}
     * and {@code ?} inside: so everything up to the last {@code @} goes, rather than what a parser would call the user.
     */
    private static String withoutCredentials(String text) {
        Matcher scheme = SCHEME.matcher(text);
        int start = scheme.lookingAt() ? scheme.end() : 0;
        boolean isAddress = start > 0 || text.contains("://");
        int at = text.lastIndexOf('@');
        int query = isAddress ? text.indexOf('?', start) : -1;
        if (at < start) {
            return query < 0 ? text : text.substring(0, query) + "?***";
        }
        String head = text.substring(0, start) + "***";
        if (query >= 0 && query < at) {
            // the @ may be a password's, inside the query: nothing behind it is safe to show
            return head;
        }
        return head + text.substring(at, query < 0 ? text.length() : query) + (query < 0 ? "" : "?***");
    }
}
