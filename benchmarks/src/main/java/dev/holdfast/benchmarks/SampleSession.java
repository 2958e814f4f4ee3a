package dev.holdfast.benchmarks;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Sessions of a shop. Their attributes are the same in each run, and mutable: only read them. */
public enum SampleSession {

    /** Somebody who has logged in. */
    SMALL("small: a customer who has logged in", 0),

    /** Who has put a few things into the cart, too. */
    TYPICAL("typical: customer, preferences, last pages, cart of 3", 3),

    /** About 10 KB, by Java serialization. */
    LARGE("large: cart of 102", 102);

    private final String title;
    private final int items;

    SampleSession(String title, int items) {
        this.title = title;
        this.items = items;
    }

    String title() {
        return title;
    }

    /** By name. */
    Map<String, Object> attributes() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        if (this != LARGE) {
            attributes.put("customer", new Customer());
        }
        if (this == TYPICAL) {
            Map<String, Object> preferences = new HashMap<>();
            preferences.put("theme", "dark");
            preferences.put("rows", 25);
            preferences.put("beta", true);
            attributes.put("preferences", preferences);
            attributes.put("pages", new ArrayList<>(List.of("/home", "/products?page=2", "/cart")));
        }
        if (items > 0) {
            attributes.put("cart", new Cart(items));
        }
        return attributes;
    }

    static final class Customer implements Serializable {
        private static final long serialVersionUID = 1;
        final long number = 4711;
        final String name = "Ada Byron";
        final String mail = "ada@example.org";
        final LocalDate since = LocalDate.of(2024, 2, 29);
        final List<Address> addresses =
                new ArrayList<>(List.of(new Address("Elm St 1", "Utrecht"), new Address("Pa Rd 7", "Otaki")));
    }

    static final class Address implements Serializable {
        private static final long serialVersionUID = 1;
        final String street;
        final String city;

        Address(String street, String city) {
            this.street = street;
            this.city = city;
        }
    }

    static final class Cart implements Serializable {
        private static final long serialVersionUID = 1;
        final Instant begun = Instant.ofEpochSecond(1_790_000_000);
        final List<Item> items = new ArrayList<>();

        Cart(int size) {
            Random random = new Random(1);
            for (int i = 0; i < size; i++) {
                items.add(new Item(random));
            }
        }
    }

    static final class Item implements Serializable {
        private static final long serialVersionUID = 1;
        final String article;
        final String title;
        final int count;
        final BigDecimal price;

        Item(Random random) {
            article = String.format(Locale.ROOT, "%08X", random.nextInt());
            title = word(random) + " " + word(random) + " " + word(random);
            count = 1 + random.nextInt(4);
            price = BigDecimal.valueOf(100 + random.nextInt(20_000), 2);
        }

        private static String word(Random random) {
            return WORDS.get(random.nextInt(WORDS.size()));
        }
    }

    /** Titles are as like each other as those of a shop are. */
    private static final List<String> WORDS = List.of(("""
                    amber anise apple aspen basil beech birch black blue brass brick brown cedar chair chest clay clock
                    cloud copper cork cotton cream desk dish dusk earth elm felt fern flax frame garden glass gold grain
                    granite green grey hazel honey iron ivory jade jar kettle ladder lamp leaf lemon linen maple marble
                    mint mirror moss oak olive onyx opal paper pear pepper pillow pine plate plum quartz quilt red rose
                    rug rust sage sand shelf silk silver slate spoon steel stone stool straw table tea teal thyme tile
                    tin tray umber vase velvet walnut wax white willow wool""").split("\\s+"));
}
