package dev.holdfast.filter.http;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes characters can become: an upper bound, exact for what pages mostly consist of. Immutable, thread-safe.
 */
final class CharacterBytes {

    private static final CharacterBytes UTF_8 = new CharacterBytes(3);
    private static final CharacterBytes ONE_BYTE = new CharacterBytes(1);

    /** More than any encoder of the JDK makes of one character, with byte order mark and shift sequences. */
    private static final CharacterBytes ANY = new CharacterBytes(16);

    /** By the name that the response gave; names are few, because they come from the application. */
    private static final Map<String, CharacterBytes> OTHERS = new ConcurrentHashMap<>();

    private static final int MOST_OTHERS = 100;

    private final int mostPerCharacter;

    private CharacterBytes(int mostPerCharacter) {
        this.mostPerCharacter = mostPerCharacter;
    }

    /** @param encoding as {@code ServletResponse.getCharacterEncoding} gives it */
    static CharacterBytes of(@Nullable String encoding) {
        if (encoding == null) {
            return ANY;
        }
        if (encoding.equalsIgnoreCase("UTF-8")) {
            return UTF_8;
        }
        if (encoding.equalsIgnoreCase("ISO-8859-1")) {
            return ONE_BYTE;
        }
        CharacterBytes known = OTHERS.get(encoding);
        if (known != null) {
            return known;
        }
        CharacterBytes made = make(encoding);
        if (OTHERS.size() < MOST_OTHERS) {
            OTHERS.put(encoding, made);
        }
        return made;
    }

    private static CharacterBytes make(String encoding) {
        try {
            Charset charset = Charset.forName(encoding);
            if (charset.equals(StandardCharsets.UTF_8)) {
                return UTF_8;
            }
            return charset.canEncode()
                    ? new CharacterBytes((int) Math.ceil(charset.newEncoder().maxBytesPerChar()))
                    : ANY;
        } catch (IllegalArgumentException unknownHere) {
            return ANY;
        }
    }

    long atMost(int characters) {
        return Math.max(0L, (long) characters * mostPerCharacter);
    }

    long atMost(char c) {
        return this == UTF_8 ? utf8(c) : mostPerCharacter;
    }

    /** For UTF-8 characters are looked at: three bytes for each would save a page of 3,000 letters too early, and twice. */
    long atMost(String text, int from, int length) {
        // indexes that are out of range are left to the container, whose exception the application knows
        if (this != UTF_8 || from < 0 || length > text.length() - from) {
            return atMost(length);
        }
        long bytes = length;
        for (int i = from, end = from + length; i < end; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                bytes += utf8(c) - 1;
            }
        }
        return bytes;
    }

    long atMost(char[] text, int from, int length) {
        if (this != UTF_8 || from < 0 || length > text.length - from) {
            return atMost(length);
        }
        long bytes = length;
        for (int i = from, end = from + length; i < end; i++) {
            char c = text[i];
            if (c >= 0x80) {
                bytes += utf8(c) - 1;
            }
        }
        return bytes;
    }

    /** Halves of a pair count three each; together they are four. */
    private static int utf8(char c) {
        if (c < 0x80) {
            return 1;
        }
        return c < 0x800 ? 2 : 3;
    }
}
