package dev.holdfast.filter.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SimpleValuesTest {

    private final EnvelopeCodec codec = Codecs.jdk();

    /** One of every kind and the awkward ones; the fixtures of format 1 hold the same, and are never written again. */
    private static Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("string", "Käse, 奶酪, 🧀");
        values.put("string-empty", "");
        values.put("string-half-pair", "a\uD83E");
        values.put("string-halves-swapped", "\uDDC0\uD83Eb");
        values.put("true", true);
        values.put("false", false);
        values.put("byte", Byte.MIN_VALUE);
        values.put("short", Short.MIN_VALUE);
        values.put("int-0", 0);
        values.put("int-min", Integer.MIN_VALUE);
        values.put("int-max", Integer.MAX_VALUE);
        values.put("long-min", Long.MIN_VALUE);
        values.put("long-max", Long.MAX_VALUE);
        values.put("float", -0.0f);
        values.put("double-nan", Double.NaN);
        values.put("double", Math.PI);
        values.put("char", '\uFFFF');
        values.put("big-integer", BigInteger.TEN.pow(40).negate());
        values.put("decimal", new BigDecimal("19.90"));
        values.put("decimal-scale", new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE));
        values.put("uuid", UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
        values.put("date", new Date(-1));
        values.put("instant", Instant.MIN);
        values.put("instant-max", Instant.MAX);
        values.put("local-date", LocalDate.MIN);
        values.put("local-time", LocalTime.MAX);
        values.put("local-date-time", LocalDateTime.MAX);
        values.put("offset-date-time", OffsetDateTime.MIN);
        values.put("zoned", ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 1, ZoneId.of("Europe/Berlin")));
        values.put(
                "zoned-later-offset",
                ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 1, ZoneId.of("Europe/Berlin"))
                        .withLaterOffsetAtOverlap());
        values.put("zoned-offset", ZonedDateTime.of(2026, 1, 1, 2, 30, 0, 1, ZoneOffset.ofHours(-18)));
        values.put("zoned-utc", ZonedDateTime.of(2026, 1, 1, 2, 30, 0, 1, ZoneId.of("UTC+01:00")));
        values.put("offset-time", OffsetTime.MIN);
        values.put("duration", Duration.ofSeconds(Long.MIN_VALUE, 999_999_999));
        values.put("period", Period.of(-1, Integer.MAX_VALUE, 3));
        values.put("year", Year.of(-44));
        values.put("year-month", YearMonth.of(Year.MAX_VALUE, 12));
        values.put("month-day", MonthDay.of(2, 29));
        values.put("zone-offset", ZoneOffset.ofTotalSeconds(-3723));
        values.put("month", Month.DECEMBER);
        values.put("day", DayOfWeek.SUNDAY);
        values.put("uri", URI.create("HTTP://Example.com/%7Euser?q=a+b#x"));
        values.put("locale", Locale.forLanguageTag("zh-Hant-TW-u-ca-roc"));
        values.put("locale-root", Locale.ROOT);
        values.put("locale-old", new Locale("no", "NO", "NY"));
        values.put("locale-jp", new Locale("ja", "JP", "JP"));
        values.put("locale-wild", new Locale("x y", "", "POSIX;q=1"));
        values.put("list", new ArrayList<>(Arrays.asList("a", null, 3)));
        values.put("map", new TreeMap<>(Map.of("a", List.of(1, 2), "b", List.of())));
        return values;
    }

    @Test
    void everySimpleValueComesBackAsItWas() throws Exception {
        for (Map.Entry<String, Object> each : values().entrySet()) {
            Object back = codec.decode(codec.encode(each.getKey(), each.getValue()));
            assertThat(back).as(each.getKey()).isEqualTo(each.getValue()).hasSameClassAs(each.getValue());
        }
        assertThat(Float.floatToRawIntBits((Float) back(Float.intBitsToFloat(0x7FC00001))))
                .isEqualTo(0x7FC00001);
        assertThat((byte[]) back(new byte[] {1, 0, -1})).containsExactly(1, 0, -1);
    }

    @Test
    void theBytesOfFormatOneAreStillRead() throws Exception {
        for (Map.Entry<String, Object> each : values().entrySet()) {
            try (InputStream in = getClass().getResourceAsStream("format-1/" + each.getKey() + ".bin")) {
                assertThat(in).as(each.getKey()).isNotNull();
                assertThat(codec.decode(in.readAllBytes())).as(each.getKey()).isEqualTo(each.getValue());
            }
        }
    }

    @Test
    void simpleValuesAreWrittenAsFormatOneHasThem() throws Exception {
        for (Map.Entry<String, Object> each : values().entrySet()) {
            try (InputStream in = getClass().getResourceAsStream("format-1/" + each.getKey() + ".bin")) {
                assertThat(codec.encode("a", each.getValue())).as(each.getKey()).isEqualTo(in.readAllBytes());
            }
        }
    }

    @Test
    void aShortStringHasSevenBytesOfFrame() {
        assertThat(codec.encode("a", "cart")).hasSize(4 + 7);
        assertThat(codec.encode("a", 5)).hasSize(1 + 7);
    }

    @Test
    void subclassesAreNotTakenForTheirParent() throws Exception {
        java.sql.Timestamp moment = new java.sql.Timestamp(5);
        moment.setNanos(123_456_789);
        assertThat(back(moment)).isInstanceOf(java.sql.Timestamp.class).isEqualTo(moment);
        assertThat(back(new java.sql.Date(5))).isExactlyInstanceOf(java.sql.Date.class);
        assertThat(back(new java.sql.Time(5))).isExactlyInstanceOf(java.sql.Time.class);
        assertThat(back(new RoundedDecimal("1.5"))).isExactlyInstanceOf(RoundedDecimal.class);
    }

    @Test
    void whatCanBeChangedInPlaceIsNotImmutable() {
        assertThat(codec.isImmutable(new byte[1])).isFalse();
        assertThat(codec.isImmutable(new Date())).isFalse();
        assertThat(codec.isImmutable(new RoundedDecimal("1"))).isFalse();
        assertThat(codec.isImmutable("")).isTrue();
        assertThat(codec.isImmutable(Month.MAY)).isTrue();
    }

    private Object back(Object value) throws UndecodableException {
        return codec.decode(codec.encode("a", value));
    }

    static class RoundedDecimal extends BigDecimal {
        RoundedDecimal(String value) {
            super(value);
        }
    }

    /** Adds what is missing to the directory of fixtures; for a new kind only. */
    public static void main(String[] directory) throws IOException {
        for (Map.Entry<String, Object> each : values().entrySet()) {
            Path file = Path.of(directory[0], each.getKey() + ".bin");
            if (!Files.exists(file)) {
                Files.write(file, Codecs.jdk().encode("a", each.getValue()));
            }
        }
    }
}
