package dev.holdfast.spi;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Attributes by name, in the order of their names. Immutable.
 *
 * <p>Sessions are many, and nodes of the JDK's hash maps take more room than their small attributes do: this takes 8 bytes for each
 * entry. A name is mostly the same object in all sessions.
 */
final class AttributeMap extends AbstractMap<String, StoredAttribute> {

    /**
     * Names that were seen lately, each at the place that its hash says: applications use the same few for all sessions. Written
     * without a lock: whoever reads an older one has another object that equals it.
     */
    private static final @Nullable String[] SEEN = new String[1024];

    /** So that what is remembered stays small. */
    private static final int LONGEST_SHARED = 100;

    private final String[] names;
    private final StoredAttribute[] attributes;

    private AttributeMap(String[] names, StoredAttribute[] attributes) {
        this.names = names;
        this.attributes = attributes;
    }

    /** The map itself, if it is one of these. */
    static AttributeMap copyOf(Map<String, StoredAttribute> map) {
        if (map instanceof AttributeMap one) {
            return one;
        }
        String[] names = map.keySet().toArray(new String[0]);
        Arrays.sort(names);
        StoredAttribute[] attributes = new StoredAttribute[names.length];
        for (int i = 0; i < names.length; i++) {
            attributes[i] = map.get(names[i]);
            names[i] = shared(names[i]);
        }
        return new AttributeMap(names, attributes);
    }

    /** This one with those attributes set, and those names removed, which are others. Mostly the names stay, and are not copied then. */
    AttributeMap with(Map<String, StoredAttribute> set, Set<String> gone) {
        if (names.length == 0) {
            return copyOf(set);
        }
        if (!keySet().containsAll(set.keySet()) || gone.stream().anyMatch(this::containsKey)) {
            Map<String, StoredAttribute> all = new HashMap<>(this);
            all.putAll(set);
            all.keySet().removeAll(gone);
            return copyOf(all);
        }
        StoredAttribute[] after = attributes.clone();
        set.forEach((name, attribute) -> after[find(name)] = attribute);
        return new AttributeMap(names, after);
    }

    /** The greatest mark, {@link Mark#NONE} if there is none. */
    long lastMark() {
        long last = Mark.NONE;
        for (StoredAttribute attribute : attributes) {
            last = Math.max(last, attribute.mark());
        }
        return last;
    }

    private static String shared(String name) {
        if (name.length() > LONGEST_SHARED) {
            return name;
        }
        int place = (name.hashCode() ^ name.hashCode() >>> 16) & SEEN.length - 1;
        String seen = SEEN[place];
        if (name.equals(seen)) {
            return seen;
        }
        SEEN[place] = name;
        return name;
    }

    private int find(@Nullable Object name) {
        return name instanceof String text ? Arrays.binarySearch(names, text) : -1;
    }

    @Override
    public @Nullable StoredAttribute get(@Nullable Object name) {
        int at = find(name);
        return at < 0 ? null : attributes[at];
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return find(name) >= 0;
    }

    @Override
    public int size() {
        return names.length;
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super StoredAttribute> action) {
        for (int i = 0; i < names.length; i++) {
            action.accept(names[i], attributes[i]);
        }
    }

    @Override
    public Set<Map.Entry<String, StoredAttribute>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return names.length;
            }

            @Override
            public Iterator<Map.Entry<String, StoredAttribute>> iterator() {
                return new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < names.length;
                    }

                    @Override
                    public Map.Entry<String, StoredAttribute> next() {
                        if (next >= names.length) {
                            throw new NoSuchElementException();
                        }
                        int at = next++;
                        return Map.entry(names[at], attributes[at]);
                    }
                };
            }
        };
    }
}
