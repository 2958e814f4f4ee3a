package dev.holdfast.filter.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Made {@code jdk-1.dictionary} out of what Java serialization writes of common values. The file is part of the stored format
 * and never made again; a better one would be {@code jdk-2}, with a flag of its own.
 */
final class MakeDictionary {

    private MakeDictionary() {}

    private enum E {
        A
    }

    /** The fields' types and names as beans have them. */
    @SuppressWarnings("unused")
    private static final class B implements Serializable {
        private static final long serialVersionUID = 1;
        int id;
        long version;
        boolean active;
        double amount;
        String name;
        String firstName;
        String lastName;
        String email;
        String description;
        String title;
        String type;
        String status;
        String code;
        String locale;
        String username;
        Object value;
        Object key;
        Integer quantity;
        Long number;
        Boolean enabled;
        Double total;
        BigDecimal price;
        Date date;
        LocalDate birthday;
        LocalDateTime createdAt;
        Instant timestamp;
        UUID uuid;
        Locale language;
        List<Object> items;
        ArrayList<Object> list;
        Map<String, Object> attributes;
        HashMap<String, Object> map;
        LinkedHashMap<String, Object> entries;
        Set<String> roles;
        HashSet<Object> set;
        Collection<Object> values;
        String[] names;
        Object[] elements;
        byte[] data;
        int[] counts;
    }

    static byte[] dictionary() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Object each : Arrays.asList(
                new B(),
                E.A,
                new EnumMap<>(Map.of(E.A, 1)),
                new CopyOnWriteArrayList<>(List.of(1)),
                new ConcurrentHashMap<>(Map.of("a", 1)),
                Collections.synchronizedMap(new HashMap<>()),
                Collections.synchronizedList(new ArrayList<>()),
                Collections.unmodifiableSet(new HashSet<>()),
                Collections.unmodifiableMap(new HashMap<>()),
                Collections.unmodifiableList(new ArrayList<>()),
                Collections.emptyList(),
                Collections.emptyMap(),
                Collections.singletonList("a"),
                Arrays.asList("a", "b"),
                Currency.getInstance("EUR"),
                new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.ROOT),
                new java.sql.Timestamp(0),
                new java.sql.Date(0),
                new AtomicInteger(1),
                new AtomicLong(1),
                Character.valueOf('a'),
                Short.valueOf((short) 1),
                Byte.valueOf((byte) 1),
                1f,
                new StringBuilder("a"),
                new Object[] {"a"},
                new String[] {"a"},
                new byte[1],
                new long[1],
                new double[1],
                new boolean[1],
                new char[1],
                ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, java.time.ZoneId.of("Europe/Paris")),
                Duration.ofSeconds(1),
                new BigInteger("5"),
                new TreeSet<>(Set.of("a")),
                new TreeMap<>(Map.of("a", 1)),
                new LinkedList<>(List.of("a")),
                new LinkedHashSet<>(List.of("a")),
                new HashSet<>(Set.of("a")),
                Locale.US,
                new UUID(1, 1),
                List.of("a"),
                List.of("a", "b", "c"),
                Map.of("a", "b"),
                Set.of("a"),
                1d,
                true,
                new Date(0),
                Instant.EPOCH,
                LocalDateTime.of(2026, 1, 1, 0, 0),
                LocalDate.of(2026, 1, 1),
                new BigDecimal("12.5"),
                1L,
                1,
                new LinkedHashMap<>(Map.of("a", 1)),
                new HashMap<>(Map.of("a", "b")),
                new ArrayList<>(List.of("a", "b")))) {
            ByteArrayOutputStream one = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(one)) {
                out.writeObject(each);
            }
            all.write(one.toByteArray(), 4, one.size() - 4); // without the head that every stream has
        }
        return all.toByteArray();
    }

    public static void main(String[] file) throws IOException {
        Path path = Path.of(file[0]);
        if (!Files.exists(path)) {
            Files.write(path, dictionary());
        }
    }
}
