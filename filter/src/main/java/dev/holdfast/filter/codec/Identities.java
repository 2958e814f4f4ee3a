package dev.holdfast.filter.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Numbers objects in the order they are met, each one once: by identity, never by equals. For one thread. */
final class Identities {

    private static final int FIRST_CAPACITY = 64;
    private static final int KEPT_CAPACITY = 4096;

    private @Nullable Object[] table = new Object[FIRST_CAPACITY];
    private int[] numbers = new int[FIRST_CAPACITY];
    /** Places of the table in use, by number; what is cleared afterwards, not the whole table. */
    private int[] places = new int[FIRST_CAPACITY / 2];

    private int count;

    /** The number of an object met before; -1 for a new one, which gets the next number. */
    int put(Object object) {
        int mask = table.length - 1;
        int place = place(object, mask);
        for (Object other = table[place]; other != null; other = table[place]) {
            if (other == object) {
                return numbers[place];
            }
            place = (place + 1) & mask;
        }
        if (count == places.length) {
            grow();
            mask = table.length - 1;
            place = free(object, mask);
        }
        table[place] = object;
        numbers[place] = count;
        places[count++] = place;
        return -1;
    }

    private static int place(Object object, int mask) {
        return (int) (System.identityHashCode(object) * 0x9E3779B97F4A7C15L >>> 40) & mask;
    }

    private int free(Object object, int mask) {
        int place = place(object, mask);
        while (table[place] != null) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void grow() {
        @Nullable Object[] old = table;
        table = new Object[old.length * 2];
        numbers = new int[table.length];
        int[] oldPlaces = places;
        places = new int[table.length / 2];
        for (int number = 0; number < count; number++) {
            Object object = old[oldPlaces[number]];
            if (object != null) {
                int place = free(object, table.length - 1);
                table[place] = object;
                numbers[place] = number;
                places[number] = place;
            }
        }
    }

    /** Forgets all objects. */
    void clear() {
        if (table.length > KEPT_CAPACITY) {
            table = new Object[FIRST_CAPACITY];
            numbers = new int[FIRST_CAPACITY];
            places = new int[FIRST_CAPACITY / 2];
        } else if (count > table.length / 8) {
            Arrays.fill(table, null);
        } else {
            for (int i = 0; i < count; i++) {
                table[places[i]] = null;
            }
        }
        count = 0;
    }
}
