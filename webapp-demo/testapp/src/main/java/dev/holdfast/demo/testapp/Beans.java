package dev.holdfast.demo.testapp;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** 20 attributes as a shop keeps them: orders, with items, with options. */
final class Beans {

    private static final int ATTRIBUTES = 20;

    private Beans() {}

    record Item(String article, int quantity, BigDecimal price, List<String> options) implements Serializable {}

    record Address(String street, String city, String country, LocalDate since) implements Serializable {}

    record Order(String number, Address to, List<Item> items, Map<String, Object> notes) implements Serializable {}

    /** @param seed other sessions hold other values */
    static Map<String, Object> session(long seed) {
        Random random = new Random(seed);
        Map<String, Object> session = new LinkedHashMap<>();
        for (int i = 0; i < ATTRIBUTES; i++) {
            session.put("order." + i, value(random, i));
        }
        return session;
    }

    private static Object value(Random random, int i) {
        List<Item> items = new ArrayList<>();
        for (int item = 0; item <= i % 3; item++) {
            items.add(new Item(
                    "article-" + Integer.toHexString(random.nextInt()),
                    random.nextInt(5),
                    new BigDecimal(random.nextInt(10_000)).movePointLeft(2),
                    new ArrayList<>(List.of("colour " + random.nextInt(20), "size " + random.nextInt(50)))));
        }
        Address to = new Address(
                "Street " + random.nextInt(300), "City " + random.nextInt(), "Country", LocalDate.of(2026, 1, 1));
        return switch (i % 4) {
            case 0 -> new Order("N" + i, to, items, new HashMap<>());
            case 1 -> items;
            case 2 -> to;
            default -> new ArrayList<Object>(List.of("seen " + i, "and " + random.nextInt(), i));
        };
    }
}
