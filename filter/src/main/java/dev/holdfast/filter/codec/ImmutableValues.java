package dev.holdfast.filter.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** How to look at the JDK's immutable values: nothing left out that {@code equals} or an encoding would show. */
final class ImmutableValues {

    /** Distinct decimals of so many digits and one scale are distinct as doubles (C calls it DBL_DIG). */
    private static final int DIGITS_OF_A_DOUBLE = 15;

    /** The scale at which dividing by a power of ten is still one correctly rounded step. */
    private static final int MAX_SCALE_OF_A_DOUBLE = 22;

    private final Map<Class<?>, Shapes.Look<Object>> looks = new HashMap<>();

    private ImmutableValues() {
        look(Boolean.class, (o, w) -> w.number(o));
        look(Byte.class, (o, w) -> w.number(o.longValue()));
        look(Short.class, (o, w) -> w.number(o.longValue()));
        look(Integer.class, (o, w) -> w.number(o.longValue()));
        look(Long.class, (o, w) -> w.number(o.longValue()));
        look(Character.class, (o, w) -> w.number((long) o.charValue()));
        look(Float.class, (o, w) -> w.number(o.floatValue()));
        look(Double.class, (o, w) -> w.number(o.doubleValue()));
        look(BigInteger.class, ImmutableValues::integer);
        look(BigDecimal.class, ImmutableValues::decimal);
        look(UUID.class, (o, w) -> {
            w.number(o.getMostSignificantBits());
            w.number(o.getLeastSignificantBits());
        });
        look(URI.class, (o, w) -> w.text(o.toString()));
        look(Locale.class, ImmutableValues::locale);
        times();
    }

    static Map<Class<?>, Shapes.Look<Object>> looks() {
        return new ImmutableValues().looks;
    }

    private <T> void look(Class<T> type, Shapes.Look<T> look) {
        looks.put(type, (object, walker) -> look.look(type.cast(object), walker));
    }

    private void times() {
        look(Instant.class, (o, w) -> {
            w.number(o.getEpochSecond());
            w.number((long) o.getNano());
        });
        look(Duration.class, (o, w) -> {
            w.number(o.getSeconds());
            w.number((long) o.getNano());
        });
        look(LocalDate.class, ImmutableValues::date);
        look(LocalTime.class, ImmutableValues::time);
        look(LocalDateTime.class, ImmutableValues::dateTime);
        look(OffsetTime.class, (o, w) -> {
            time(o.toLocalTime(), w);
            w.number((long) o.getOffset().getTotalSeconds());
        });
        look(OffsetDateTime.class, (o, w) -> {
            dateTime(o.toLocalDateTime(), w);
            w.number((long) o.getOffset().getTotalSeconds());
        });
        look(ZonedDateTime.class, (o, w) -> {
            dateTime(o.toLocalDateTime(), w);
            w.number((long) o.getOffset().getTotalSeconds());
            w.text(o.getZone().getId());
        });
        look(Period.class, (o, w) -> {
            w.number((long) o.getYears());
            w.number((long) o.getMonths());
            w.number((long) o.getDays());
        });
        look(Year.class, (o, w) -> w.number((long) o.getValue()));
        look(YearMonth.class, (o, w) -> w.number(o.getYear() * 16L + o.getMonthValue()));
        look(MonthDay.class, (o, w) -> w.number(o.getMonthValue() * 32L + o.getDayOfMonth()));
    }

    private static void date(LocalDate date, Walker walker) {
        walker.number(date.toEpochDay());
    }

    private static void time(LocalTime time, Walker walker) {
        walker.number(time.toNanoOfDay());
    }

    private static void dateTime(LocalDateTime value, Walker walker) {
        date(value.toLocalDate(), walker);
        time(value.toLocalTime(), walker);
    }

    private static void integer(BigInteger value, Walker walker) {
        int bits = value.bitLength();
        walker.number((long) bits);
        if (bits < Long.SIZE) {
            walker.number(value.longValue());
        } else {
            EncodedLook look = EncodedLook.of(value.toByteArray());
            walker.number(look.first());
            walker.number(look.second());
        }
    }

    /** A price is told from another by its double, which, other than its unscaled value, costs no objects. */
    private static void decimal(BigDecimal value, Walker walker) {
        int scale = value.scale();
        if (scale >= 0 && scale <= MAX_SCALE_OF_A_DOUBLE && value.precision() <= DIGITS_OF_A_DOUBLE) {
            walker.number(scale);
            walker.number(value.doubleValue());
        } else {
            walker.number(~(long) scale);
            integer(value.unscaledValue(), walker);
        }
    }

    private static void locale(Locale value, Walker walker) {
        walker.text(value.getLanguage());
        walker.text(value.getCountry());
        walker.text(value.getVariant());
        walker.text(value.getScript());
        walker.text(value.hasExtensions() ? value.toLanguageTag() : "");
    }
}
