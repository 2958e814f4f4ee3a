package dev.holdfast.filter.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
import java.util.Date;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values that the codec writes itself, in a few bytes and without any serializer. Only exact classes: a subclass is
 * never taken for its parent. Thread-safe.
 *
 * <p>The numbers of the kinds are part of the stored format: they are never given to another kind.
 */
final class SimpleValues {

    private static final Map<Class<?>, Kind<?>> BY_CLASS = new HashMap<>();
    private static final Map<Integer, Kind<?>> BY_ID = new HashMap<>();

    static {
        kind(1, String.class, (v, out) -> out.put(v.getBytes(StandardCharsets.UTF_8)), SimpleValues::utf8);
        // UTF-8 has no form for half a surrogate pair, and would replace it with a question mark
        readOnly(2, String.class, (v, out) -> utf16(v, out), SimpleValues::utf16);
        kind(3, Boolean.class, (v, out) -> out.put(v ? 1 : 0), SimpleValues::bool);
        kind(4, Byte.class, (v, out) -> out.put(v), ByteBuffer::get);
        kind(5, Short.class, (v, out) -> out.putVarLong(v), in -> (short) within(in, Short.MIN_VALUE, Short.MAX_VALUE));
        kind(6, Integer.class, (v, out) -> out.putVarLong(v), SimpleValues::varInt);
        kind(7, Long.class, (v, out) -> out.putVarLong(v), SimpleValues::varLong);
        kind(
                8,
                Float.class,
                (v, out) -> out.putInt(Float.floatToRawIntBits(v)),
                in -> Float.intBitsToFloat(in.getInt()));
        kind(
                9,
                Double.class,
                (v, out) -> out.putLong(Double.doubleToRawLongBits(v)),
                in -> Double.longBitsToDouble(in.getLong()));
        kind(10, Character.class, (v, out) -> out.putVarLong(v), in -> (char) within(in, 0, Character.MAX_VALUE));
        kind(11, BigInteger.class, (v, out) -> out.put(v.toByteArray()), in -> new BigInteger(rest(in)));
        kind(12, BigDecimal.class, SimpleValues::decimal, in -> {
            int scale = varInt(in);
            return new BigDecimal(new BigInteger(rest(in)), scale);
        });
        kind(13, UUID.class, SimpleValues::uuid, in -> new UUID(in.getLong(), in.getLong()));
        mutable(14, byte[].class, (v, out) -> out.put(v), SimpleValues::rest);
        mutable(15, Date.class, (v, out) -> out.putVarLong(v.getTime()), in -> new Date(varLong(in)));
        kind(16, Instant.class, SimpleValues::instant, in -> Instant.ofEpochSecond(varLong(in), nanos(in)));
        kind(17, LocalDate.class, (v, out) -> out.putVarLong(v.toEpochDay()), SimpleValues::date);
        kind(18, LocalTime.class, (v, out) -> out.putVarLong(v.toNanoOfDay()), SimpleValues::time);
        kind(19, LocalDateTime.class, SimpleValues::dateTime, SimpleValues::dateTime);
        kind(20, OffsetDateTime.class, SimpleValues::offsetDateTime, in -> OffsetDateTime.of(dateTime(in), offset(in)));
        kind(21, ZonedDateTime.class, SimpleValues::zoned, SimpleValues::zoned);
        kind(22, OffsetTime.class, SimpleValues::offsetTime, in -> OffsetTime.of(time(in), offset(in)));
        kind(23, Duration.class, SimpleValues::duration, in -> Duration.ofSeconds(varLong(in), nanos(in)));
        kind(24, Period.class, SimpleValues::period, in -> Period.of(varInt(in), varInt(in), varInt(in)));
        kind(25, Year.class, (v, out) -> out.putVarLong(v.getValue()), in -> Year.of(varInt(in)));
        kind(26, YearMonth.class, SimpleValues::yearMonth, in -> YearMonth.of(varInt(in), varInt(in)));
        kind(27, MonthDay.class, SimpleValues::monthDay, in -> MonthDay.of(varInt(in), varInt(in)));
        kind(28, ZoneOffset.class, (v, out) -> out.putVarLong(v.getTotalSeconds()), SimpleValues::offset);
        kind(29, Month.class, (v, out) -> out.put(v.getValue()), in -> Month.of(in.get()));
        kind(30, DayOfWeek.class, (v, out) -> out.put(v.getValue()), in -> DayOfWeek.of(in.get()));
        kind(31, URI.class, (v, out) -> out.put(v.toString().getBytes(StandardCharsets.UTF_8)), SimpleValues::uri);
        kind(
                32,
                Locale.class,
                (v, out) -> out.put(v.toLanguageTag().getBytes(StandardCharsets.UTF_8)),
                in -> Locale.forLanguageTag(utf8(in)));
        // no_NO_NY and the like, which a language tag would change
        readOnly(33, Locale.class, SimpleValues::oldLocale, SimpleValues::oldLocale);
    }

    private SimpleValues() {}

    /** How values of one class are written. */
    record Kind<T>(int id, Class<T> type, boolean immutable, Writer<T> writer, Reader<T> reader) {

        void write(Object value, ByteSink out) {
            writer.write(type.cast(value), out);
        }

        /** @param in from here to its end the whole payload */
        Object read(ByteBuffer in) throws UndecodableException {
            return reader.read(in);
        }
    }

    interface Writer<T> {
        void write(T value, ByteSink out);
    }

    interface Reader<T> {
        T read(ByteBuffer in) throws UndecodableException;
    }

    /** Null if values like this one go to a serializer. */
    static @Nullable Kind<?> of(Object value) {
        Kind<?> kind = BY_CLASS.get(value.getClass());
        if (value instanceof String text && hasHalfPair(text)) {
            return BY_ID.get(2);
        }
        if (kind != null && value instanceof Locale locale) {
            return ofLocale(locale, kind);
        }
        return value instanceof URI uri && !comesBack(uri) ? null : kind;
    }

    /** Null if no kind has this number (in this version). */
    static @Nullable Kind<?> of(int id) {
        return BY_ID.get(id);
    }

    /** Whether instances of exactly this class never change. */
    static boolean isImmutable(Class<?> type) {
        Kind<?> kind = BY_CLASS.get(type);
        return kind != null && kind.immutable;
    }

    /** Whether every instance of this class is written here: needed where there is a class and no instance yet. */
    static boolean isSimple(Class<?> type) {
        return BY_CLASS.containsKey(type);
    }

    private static <T> void kind(int id, Class<T> type, Writer<T> writer, Reader<T> reader) {
        Kind<T> kind = new Kind<>(id, type, true, writer, reader);
        BY_CLASS.put(type, kind);
        BY_ID.put(id, kind);
    }

    private static <T> void mutable(int id, Class<T> type, Writer<T> writer, Reader<T> reader) {
        Kind<T> kind = new Kind<>(id, type, false, writer, reader);
        BY_CLASS.put(type, kind);
        BY_ID.put(id, kind);
    }

    /** A second form of a class, chosen by value. */
    private static <T> void readOnly(int id, Class<T> type, Writer<T> writer, Reader<T> reader) {
        BY_ID.put(id, new Kind<>(id, type, true, writer, reader));
    }

    private static boolean hasHalfPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static @Nullable Kind<?> ofLocale(Locale locale, Kind<?> tag) {
        if (Locale.forLanguageTag(locale.toLanguageTag()).equals(locale)) {
            return tag;
        }
        Locale old = new Locale(locale.getLanguage(), locale.getCountry(), locale.getVariant());
        return old.equals(locale) && !hasHalfPair(locale.toString()) ? BY_ID.get(33) : null;
    }

    /** A URI put together from parts need not be one that can be parsed. */
    private static boolean comesBack(URI uri) {
        try {
            return new URI(uri.toString()).equals(uri) && !hasHalfPair(uri.toString());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static String utf8(ByteBuffer in) throws UndecodableException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException e) {
            throw new UndecodableException("text that is not UTF-8", e);
        }
    }

    private static void utf16(String text, ByteSink out) {
        for (int i = 0; i < text.length(); i++) {
            out.put(text.charAt(i) >>> 8);
            out.put(text.charAt(i));
        }
    }

    private static String utf16(ByteBuffer in) throws UndecodableException {
        if (in.remaining() % 2 != 0) {
            throw new UndecodableException("half a character", null);
        }
        char[] text = new char[in.remaining() / 2];
        in.asCharBuffer().get(text);
        in.position(in.limit());
        return new String(text);
    }

    private static Boolean bool(ByteBuffer in) throws UndecodableException {
        return within(in.get(), 0, 1) == 1;
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    private static void decimal(BigDecimal value, ByteSink out) {
        out.putVarLong(value.scale());
        out.put(value.unscaledValue().toByteArray());
    }

    private static void uuid(UUID value, ByteSink out) {
        out.putLong(value.getMostSignificantBits());
        out.putLong(value.getLeastSignificantBits());
    }

    private static void instant(Instant value, ByteSink out) {
        out.putVarLong(value.getEpochSecond());
        out.putVarLong(value.getNano());
    }

    private static void duration(Duration value, ByteSink out) {
        out.putVarLong(value.getSeconds());
        out.putVarLong(value.getNano());
    }

    private static void period(Period value, ByteSink out) {
        out.putVarLong(value.getYears());
        out.putVarLong(value.getMonths());
        out.putVarLong(value.getDays());
    }

    private static void yearMonth(YearMonth value, ByteSink out) {
        out.putVarLong(value.getYear());
        out.putVarLong(value.getMonthValue());
    }

    private static void monthDay(MonthDay value, ByteSink out) {
        out.putVarLong(value.getMonthValue());
        out.putVarLong(value.getDayOfMonth());
    }

    private static void dateTime(LocalDateTime value, ByteSink out) {
        out.putVarLong(value.toLocalDate().toEpochDay());
        out.putVarLong(value.toLocalTime().toNanoOfDay());
    }

    private static void offsetDateTime(OffsetDateTime value, ByteSink out) {
        dateTime(value.toLocalDateTime(), out);
        out.putVarLong(value.getOffset().getTotalSeconds());
    }

    private static void offsetTime(OffsetTime value, ByteSink out) {
        out.putVarLong(value.toLocalTime().toNanoOfDay());
        out.putVarLong(value.getOffset().getTotalSeconds());
    }

    private static void zoned(ZonedDateTime value, ByteSink out) {
        dateTime(value.toLocalDateTime(), out);
        out.putVarLong(value.getOffset().getTotalSeconds());
        out.put(value.getZone().getId().getBytes(StandardCharsets.UTF_8));
    }

    /** Where this node's time zone rules differ from the writer's, the moment is kept and the local time gives way. */
    private static ZonedDateTime zoned(ByteBuffer in) throws UndecodableException {
        LocalDateTime local = dateTime(in);
        ZoneOffset offset = offset(in);
        return ZonedDateTime.ofInstant(local, offset, ZoneId.of(utf8(in)));
    }

    private static LocalDate date(ByteBuffer in) throws UndecodableException {
        return LocalDate.ofEpochDay(varLong(in));
    }

    private static LocalTime time(ByteBuffer in) throws UndecodableException {
        return LocalTime.ofNanoOfDay(varLong(in));
    }

    private static LocalDateTime dateTime(ByteBuffer in) throws UndecodableException {
        return LocalDateTime.of(date(in), time(in));
    }

    private static ZoneOffset offset(ByteBuffer in) throws UndecodableException {
        return ZoneOffset.ofTotalSeconds(varInt(in));
    }

    private static URI uri(ByteBuffer in) throws UndecodableException {
        return URI.create(utf8(in));
    }

    private static void oldLocale(Locale value, ByteSink out) {
        for (String part : new String[] {value.getLanguage(), value.getCountry(), value.getVariant()}) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            out.putVarLong(bytes.length);
            out.put(bytes);
        }
    }

    private static Locale oldLocale(ByteBuffer in) throws UndecodableException {
        return new Locale(part(in), part(in), part(in));
    }

    private static String part(ByteBuffer in) throws UndecodableException {
        int length = (int) within(in, 0, in.remaining());
        ByteBuffer part = in.slice(in.position(), Math.min(length, in.remaining()));
        in.position(in.position() + length);
        return utf8(part);
    }

    private static long nanos(ByteBuffer in) throws UndecodableException {
        return within(in, 0, 999_999_999);
    }

    private static int varInt(ByteBuffer in) throws UndecodableException {
        return (int) within(in, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static long within(ByteBuffer in, long min, long max) throws UndecodableException {
        return within(varLong(in), min, max);
    }

    private static long within(long value, long min, long max) throws UndecodableException {
        if (value < min || value > max) {
            throw new UndecodableException("number out of range", null);
        }
        return value;
    }

    private static long varLong(ByteBuffer in) throws UndecodableException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte octet = in.get();
            value |= (long) (octet & 0x7F) << shift;
            if (octet >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new UndecodableException("number without end", null);
    }
}
