package dev.holdfast.spi;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a setting's value must keep to.
 *
 * @param least the smallest that may be given, or null
 * @param most the greatest that may be given, or null
 */
public record Bounds<T extends Comparable<T>>(
        @Nullable T least, @Nullable T most) {

    public static <T extends Comparable<T>> Bounds<T> atLeast(T least) {
        return new Bounds<>(least, null);
    }

    public static <T extends Comparable<T>> Bounds<T> between(T least, T most) {
        return new Bounds<>(least, most);
    }

    boolean contain(T value) {
        return (least == null || value.compareTo(least) >= 0) && (most == null || value.compareTo(most) <= 0);
    }

    /** For people; empty if everything is allowed. */
    String describe(Function<T, String> format) {
        if (least != null && most != null) {
            return "between " + format.apply(least) + " and " + format.apply(most);
        }
        return least != null ? "at least " + format.apply(least) : most != null ? "at most " + format.apply(most) : "";
    }
}
