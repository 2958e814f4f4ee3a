package dev.holdfast.serializers;

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
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The JDK's values that refer to nothing, each class exactly: a subclass is never taken for its parent. */
final class Scalars {

    private final Map<Class<?>, Kind> kinds = new HashMap<>();

    private Scalars() {
        numbers();
        texts();
        times();
        mutable();
        arrays();
        sql();
    }

    static Map<Class<?>, Kind> all() {
        return new Scalars().kinds;
    }

    private <T> void add(int alias, Class<T> type, BiConsumer<T, ByteSink> write, Function<ByteSource, T> read) {
        kinds.put(type, scalar(alias, type, false, write, read));
    }

    private <T> void mutable(int alias, Class<T> type, BiConsumer<T, ByteSink> write, Function<ByteSource, T> read) {
        kinds.put(type, scalar(alias, type, true, write, read));
    }

    private static <T> Kind.Scalar scalar(
            int alias, Class<T> type, boolean mutable, BiConsumer<T, ByteSink> write, Function<ByteSource, T> read) {
        return new Kind.Scalar(type, alias, mutable) {
            @Override
            void write(Object value, ByteSink out) {
                write.accept(type.cast(value), out);
            }

            @Override
            Object read(ByteSource in) {
                return read.apply(in);
            }
        };
    }

    private void numbers() {
        add(2, Boolean.class, (v, out) -> out.put(v ? 1 : 0), in -> in.within(in.get(), 0, 1) == 1);
        add(3, Byte.class, (v, out) -> out.put(v), in -> (byte) in.get());
        add(4, Short.class, (v, out) -> out.putSigned(v), in ->
                (short) in.within(in.signed(), Short.MIN_VALUE, Short.MAX_VALUE));
        add(5, Integer.class, (v, out) -> out.putSigned(v), ByteSource::signedInt);
        add(6, Long.class, (v, out) -> out.putSigned(v), ByteSource::signed);
        add(
                7,
                Float.class,
                (v, out) -> out.putInt(Float.floatToRawIntBits(v)),
                in -> Float.intBitsToFloat(in.getInt()));
        add(
                8,
                Double.class,
                (v, out) -> out.putLong(Double.doubleToRawLongBits(v)),
                in -> Double.longBitsToDouble(in.getLong()));
        add(9, Character.class, (v, out) -> out.putUnsigned(v), in ->
                (char) in.within(in.unsigned(), 0, Character.MAX_VALUE));
        add(10, BigInteger.class, (v, out) -> out.put(v.toByteArray()), in -> new BigInteger(in.rest()));
        add(
                11,
                BigDecimal.class,
                (v, out) -> {
                    out.putSigned(v.scale());
                    out.put(v.unscaledValue().toByteArray());
                },
                in -> {
                    int scale = in.signedInt();
                    return new BigDecimal(new BigInteger(in.rest()), scale);
                });
    }

    private void texts() {
        add(1, String.class, (v, out) -> out.putChars(v), ByteSource::chars);
        add(
                12,
                UUID.class,
                (v, out) -> {
                    out.putLong(v.getMostSignificantBits());
                    out.putLong(v.getLeastSignificantBits());
                },
                in -> new UUID(in.getLong(), in.getLong()));
        add(13, URI.class, (v, out) -> out.putChars(v.toString()), in -> URI.create(in.chars()));
        add(
                14,
                Locale.class,
                (v, out) -> {
                    String tag = v.toLanguageTag();
                    if (!Locale.forLanguageTag(tag).equals(v)) { // such as no_NO_NY
                        throw new UnsuitedException(Locale.class, "has no language tag that stands for it");
                    }
                    out.putChars(tag);
                },
                in -> Locale.forLanguageTag(in.chars()));
        add(15, Currency.class, (v, out) -> out.putChars(v.getCurrencyCode()), in -> Currency.getInstance(in.chars()));
    }

    private void times() {
        add(20, Instant.class, Scalars::instant, Scalars::instant);
        add(
                21,
                Duration.class,
                (v, out) -> {
                    out.putSigned(v.getSeconds());
                    out.putUnsigned(v.getNano());
                },
                in -> Duration.ofSeconds(in.signed(), nanos(in)));
        add(22, LocalDate.class, Scalars::date, Scalars::date);
        add(23, LocalTime.class, Scalars::time, Scalars::time);
        add(24, LocalDateTime.class, Scalars::dateTime, Scalars::dateTime);
        add(
                25,
                OffsetTime.class,
                (v, out) -> {
                    time(v.toLocalTime(), out);
                    offset(v.getOffset(), out);
                },
                in -> OffsetTime.of(time(in), offset(in)));
        add(
                26,
                OffsetDateTime.class,
                (v, out) -> {
                    dateTime(v.toLocalDateTime(), out);
                    offset(v.getOffset(), out);
                },
                in -> OffsetDateTime.of(dateTime(in), offset(in)));
        add(
                27,
                ZonedDateTime.class,
                (v, out) -> {
                    if (!v.equals(ZonedDateTime.ofInstant(v.toLocalDateTime(), v.getOffset(), v.getZone()))) {
                        throw new UnsuitedException(ZonedDateTime.class, "an offset that its zone does not have");
                    }
                    dateTime(v.toLocalDateTime(), out);
                    offset(v.getOffset(), out);
                    out.putChars(v.getZone().getId());
                },
                in -> ZonedDateTime.ofInstant(dateTime(in), offset(in), ZoneId.of(in.chars())));
        add(28, ZoneOffset.class, Scalars::offset, Scalars::offset);
        add(
                29,
                Period.class,
                (v, out) -> {
                    out.putSigned(v.getYears());
                    out.putSigned(v.getMonths());
                    out.putSigned(v.getDays());
                },
                in -> Period.of(in.signedInt(), in.signedInt(), in.signedInt()));
        add(30, Year.class, (v, out) -> out.putSigned(v.getValue()), in -> Year.of(in.signedInt()));
        add(
                31,
                YearMonth.class,
                (v, out) -> {
                    out.putSigned(v.getYear());
                    out.put(v.getMonthValue());
                },
                in -> YearMonth.of(in.signedInt(), in.get()));
        add(
                32,
                MonthDay.class,
                (v, out) -> {
                    out.put(v.getMonthValue());
                    out.put(v.getDayOfMonth());
                },
                in -> MonthDay.of(in.get(), in.get()));
        region(ZoneId.of("Europe/Paris").getClass());
    }

    /** Its class, which is not public, is the one that objects have. */
    private <T extends ZoneId> void region(Class<T> region) {
        add(33, region, (v, out) -> out.putChars(v.getId()), in -> region.cast(ZoneId.of(in.chars())));
    }

    private void mutable() {
        mutable(40, Date.class, (v, out) -> out.putSigned(v.getTime()), in -> new Date(in.signed()));
        mutable(41, AtomicInteger.class, (v, out) -> out.putSigned(v.get()), in -> new AtomicInteger(in.signedInt()));
        mutable(42, AtomicLong.class, (v, out) -> out.putSigned(v.get()), in -> new AtomicLong(in.signed()));
        mutable(
                43,
                AtomicBoolean.class,
                (v, out) -> out.put(v.get() ? 1 : 0),
                in -> new AtomicBoolean(in.within(in.get(), 0, 1) == 1));
        mutable(44, BitSet.class, (v, out) -> out.put(v.toByteArray()), in -> BitSet.valueOf(in.rest()));
    }

    private void arrays() {
        mutable(50, byte[].class, (v, out) -> out.put(v), ByteSource::rest);
        mutable(51, boolean[].class, (v, out) -> each(v.length, i -> out.put(v[i] ? 1 : 0)), in -> {
            boolean[] array = new boolean[in.remaining()];
            each(array.length, i -> array[i] = in.within(in.get(), 0, 1) == 1);
            return array;
        });
        mutable(52, short[].class, (v, out) -> numbers(v.length, i -> v[i], out), in -> {
            short[] array = new short[in.count()];
            each(array.length, i -> array[i] = (short) in.within(in.signed(), Short.MIN_VALUE, Short.MAX_VALUE));
            return array;
        });
        mutable(
                53,
                char[].class,
                (v, out) -> out.putChars(new String(v)),
                in -> in.chars().toCharArray());
        mutable(54, int[].class, (v, out) -> numbers(v.length, i -> v[i], out), in -> {
            int[] array = new int[in.count()];
            each(array.length, i -> array[i] = in.signedInt());
            return array;
        });
        mutable(55, long[].class, (v, out) -> numbers(v.length, i -> v[i], out), in -> {
            long[] array = new long[in.count()];
            each(array.length, i -> array[i] = in.signed());
            return array;
        });
        mutable(56, float[].class, (v, out) -> each(v.length, i -> out.putInt(Float.floatToRawIntBits(v[i]))), in -> {
            float[] array = new float[in.remaining() / Float.BYTES];
            each(array.length, i -> array[i] = Float.intBitsToFloat(in.getInt()));
            return array;
        });
        mutable(
                57,
                double[].class,
                (v, out) -> each(v.length, i -> out.putLong(Double.doubleToRawLongBits(v[i]))),
                in -> {
                    double[] array = new double[in.remaining() / Double.BYTES];
                    each(array.length, i -> array[i] = Double.longBitsToDouble(in.getLong()));
                    return array;
                });
    }

    /** The module java.sql need not be there. */
    private void sql() {
        try {
            mutable(
                    60,
                    java.sql.Timestamp.class,
                    (v, out) -> {
                        out.putSigned(Math.floorDiv(v.getTime(), 1000L));
                        out.putUnsigned(v.getNanos());
                    },
                    in -> {
                        java.sql.Timestamp read = new java.sql.Timestamp(Math.multiplyExact(in.signed(), 1000L));
                        read.setNanos(nanos(in));
                        return read;
                    });
            mutable(
                    61,
                    java.sql.Date.class,
                    (v, out) -> out.putSigned(v.getTime()),
                    in -> new java.sql.Date(in.signed()));
            mutable(
                    62,
                    java.sql.Time.class,
                    (v, out) -> out.putSigned(v.getTime()),
                    in -> new java.sql.Time(in.signed()));
        } catch (NoClassDefFoundError e) {
            // nor can there be an object of its classes, then
        }
    }

    private interface At<T> {
        T at(int index);
    }

    private interface Step {
        void at(int index);
    }

    private static void each(int length, Step step) {
        for (int i = 0; i < length; i++) {
            step.at(i);
        }
    }

    private static void numbers(int length, At<? extends Number> value, ByteSink out) {
        out.putUnsigned(length);
        for (int i = 0; i < length; i++) {
            out.putSigned(value.at(i).longValue());
        }
    }

    private static int nanos(ByteSource in) {
        return in.within(in.unsigned(), 0, 999_999_999);
    }

    private static void instant(Instant value, ByteSink out) {
        out.putSigned(value.getEpochSecond());
        out.putUnsigned(value.getNano());
    }

    private static Instant instant(ByteSource in) {
        return Instant.ofEpochSecond(in.signed(), nanos(in));
    }

    private static void date(LocalDate value, ByteSink out) {
        out.putSigned(value.toEpochDay());
    }

    private static LocalDate date(ByteSource in) {
        return LocalDate.ofEpochDay(in.signed());
    }

    private static void time(LocalTime value, ByteSink out) {
        out.putUnsigned(value.toNanoOfDay());
    }

    private static LocalTime time(ByteSource in) {
        return LocalTime.ofNanoOfDay(in.unsigned());
    }

    private static void dateTime(LocalDateTime value, ByteSink out) {
        date(value.toLocalDate(), out);
        time(value.toLocalTime(), out);
    }

    private static LocalDateTime dateTime(ByteSource in) {
        return LocalDateTime.of(date(in), time(in));
    }

    private static void offset(ZoneOffset value, ByteSink out) {
        out.putSigned(value.getTotalSeconds());
    }

    private static ZoneOffset offset(ByteSource in) {
        return ZoneOffset.ofTotalSeconds(in.signedInt());
    }
}
