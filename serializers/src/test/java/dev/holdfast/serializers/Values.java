package dev.holdfast.serializers;

import java.io.Externalizable;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Classes as applications have them. */
final class Values {

    private Values() {}

    static class Primitives implements Serializable {
        private static final long serialVersionUID = 1;
        boolean z = true;
        byte b = Byte.MIN_VALUE;
        short s = -2;
        char c = '\uFFFF';
        int i = Integer.MIN_VALUE;
        long j = Long.MAX_VALUE;
        float f = Float.NaN;
        double d = -0.0;
        double zero;
    }

    static class Boxes implements Serializable {
        private static final long serialVersionUID = 1;
        Boolean z = false;
        Byte b = 1;
        Short s = 2;
        Character c = 'c';
        Integer i = 3;
        Long j = 4L;
        Float f = 5f;
        Double d = 6.5;
        Integer none;
        Object[] any = {(byte) 1, (short) 1, 1, 1L, 'x', 1f, 1d, true, null};
    }

    static class Address implements Serializable {
        private static final long serialVersionUID = 1;
        String street;
        String city;

        Address(String street, String city) {
            this.street = street;
            this.city = city;
        }
    }

    static class ForeignAddress extends Address {
        private static final long serialVersionUID = 1;
        String country = "NZ";

        ForeignAddress(String street, String city) {
            super(street, city);
        }
    }

    static class Customer implements Serializable {
        private static final long serialVersionUID = 1;
        String name = "Ada";
        Address home = new Address("Elm St 1", "Utrecht");
        Address bill = new ForeignAddress("Pa Rd", "Otaki");
        Date since = new java.sql.Timestamp(5);
        transient Object cache = new Object();
    }

    static class Finals implements Serializable {
        private static final long serialVersionUID = 1;
        final int number;
        final List<String> names;

        Finals(int number, List<String> names) {
            this.number = number;
            this.names = names;
        }
    }

    static class Shadowed extends Finals {
        private static final long serialVersionUID = 1;
        final int number;

        Shadowed() {
            super(1, new ArrayList<>(List.of("a")));
            this.number = 2;
        }
    }

    static class NotSerializableParent {
        int count = 7;
    }

    static class ChildOfNotSerializable extends NotSerializableParent implements Serializable {
        private static final long serialVersionUID = 1;
        int own = 8;
    }

    class Inner implements Serializable {
        private static final long serialVersionUID = 1;
        int number = 4;
    }

    static class Outer implements Serializable {
        private static final long serialVersionUID = 1;
        int number = 5;

        class Within implements Serializable {
            private static final long serialVersionUID = 1;
            int more = number + 1;
        }

        List<String> names() {
            return new ArrayList<>(List.of("x")) {
                private static final long serialVersionUID = 1;

                @Override
                public String toString() {
                    return "names of " + number;
                }
            };
        }

        Within within() {
            return new Within();
        }
    }

    static class Customized implements Serializable {
        private static final long serialVersionUID = 1;
        transient int[] packed = {1, 2, 3};

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            out.writeInt(packed.length);
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            packed = new int[in.readInt()];
        }
    }

    static class HeirOfCustomized extends Customized {
        private static final long serialVersionUID = 1;
        String more = "m";
    }

    static final class Replaced implements Serializable {
        private static final long serialVersionUID = 1;
        final String name;

        Replaced(String name) {
            this.name = name;
        }

        private Object writeReplace() {
            return new Stand(name);
        }

        private record Stand(String name) implements Serializable {
            private Object readResolve() {
                return new Replaced(name);
            }
        }
    }

    static final class Single implements Serializable {
        private static final long serialVersionUID = 1;
        static final Single INSTANCE = new Single();

        private Object readResolve() {
            return INSTANCE;
        }
    }

    public static final class Outside implements Externalizable {
        private static final long serialVersionUID = 1;
        int held = 7;

        @Override
        public void writeExternal(ObjectOutput out) throws IOException {
            out.writeInt(held);
        }

        @Override
        public void readExternal(ObjectInput in) throws IOException {
            held = in.readInt();
        }
    }

    static final class PersistentFields implements Serializable {
        private static final long serialVersionUID = 1;
        private static final ObjectStreamField[] serialPersistentFields = {new ObjectStreamField("kept", int.class)};
        int kept = 3;
    }

    record Point(int x, double y) implements Serializable {}

    record Order(String id, List<Point> points, Map<String, Order> parts, Object any, Integer none)
            implements Serializable {}

    record Checked(int positive) implements Serializable {
        Checked {
            if (positive <= 0) {
                throw new IllegalArgumentException("not positive");
            }
        }
    }

    record Knot(String name, List<Object> ends) implements Serializable {}

    enum Plain {
        ONE,
        TWO
    }

    enum Bodied {
        QUIET,
        LOUD {
            @Override
            String says() {
                return "!";
            }
        };

        final int[] state = {1};

        String says() {
            return "";
        }
    }

    enum Many {
        A0,
        A1,
        A2,
        A3,
        A4,
        A5,
        A6,
        A7,
        A8,
        A9,
        B0,
        B1,
        B2,
        B3,
        B4,
        B5,
        B6,
        B7,
        B8,
        B9,
        C0,
        C1,
        C2,
        C3,
        C4,
        C5,
        C6,
        C7,
        C8,
        C9,
        D0,
        D1,
        D2,
        D3,
        D4,
        D5,
        D6,
        D7,
        D8,
        D9,
        E0,
        E1,
        E2,
        E3,
        E4,
        E5,
        E6,
        E7,
        E8,
        E9,
        F0,
        F1,
        F2,
        F3,
        F4,
        F5,
        F6,
        F7,
        F8,
        F9,
        G0,
        G1,
        G2,
        G3,
        G4,
        G5,
        G6,
        G7,
        G8,
        G9
    }

    static class ByLength implements Comparator<String>, Serializable {
        private static final long serialVersionUID = 1;
        int sign = -1;

        @Override
        public int compare(String a, String b) {
            int difference = sign * Integer.compare(a.length(), b.length());
            return difference != 0 ? difference : a.compareTo(b);
        }
    }

    static class Recent extends LinkedHashMap<String, String> {
        private static final long serialVersionUID = 1;
        final int most;

        Recent(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > most;
        }
    }

    static class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;
        String title = "t";
    }

    static class Node implements Serializable {
        private static final long serialVersionUID = 1;
        String name;
        Node parent;
        List<Node> children = new ArrayList<>();

        Node(String name) {
            this.name = name;
        }

        Node add(Node child) {
            child.parent = this;
            children.add(child);
            return this;
        }
    }

    /** As entities are: with a hash of its own, in sets of each other. */
    static class Entity implements Serializable {
        private static final long serialVersionUID = 1;
        Set<Entity> others = new HashSet<>();
        Map<Entity, String> notes = new HashMap<>();
        String zName;
        Long zId;

        Entity(long id, String name) {
            this.zId = id;
            this.zName = name;
        }

        @Override
        public int hashCode() {
            return Objects.hash(zId, zName);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entity entity && entity.zId.equals(zId) && entity.zName.equals(zName);
        }
    }

    static class Item implements Serializable {
        private static final long serialVersionUID = 1;
        String sku;
        String title;
        int quantity;
        BigDecimal price;
        Date added;

        Item(int number) {
            sku = "SKU-" + (10_000 + number);
            title = "Article number " + number + " in blue";
            quantity = number % 5 + 1;
            price = BigDecimal.valueOf(995L + number * 100L, 2);
            added = new Date(1_767_225_600_000L + number * 60_000L);
        }
    }

    static class Cart implements Serializable {
        private static final long serialVersionUID = 1;
        List<Item> items = new ArrayList<>();
        Map<String, Integer> vouchers = new HashMap<>();
        String currency = "EUR";
        boolean gift;
        Address ship = new Address("Elm St 1", "Utrecht");

        static Cart of(int items) {
            Cart cart = new Cart();
            for (int i = 0; i < items; i++) {
                cart.items.add(new Item(i));
            }
            cart.vouchers.put("SPRING", 10);
            return cart;
        }
    }

    static class Abroad implements Serializable {
        private static final long serialVersionUID = 1;
        java.util.Locale locale = new java.util.Locale("th", "TH", "TH");
        java.time.ZonedDateTime hour = java.time.ZonedDateTime.of(
                        2026, 10, 25, 2, 30, 0, 0, java.time.ZoneId.of("Europe/Paris"))
                .withLaterOffsetAtOverlap();
        java.time.ZoneId zone = java.time.ZoneId.of("Asia/Tokyo");
        java.util.Currency currency = java.util.Currency.getInstance("JPY");
    }

    static class Interfaces implements Serializable {
        private static final long serialVersionUID = 1;
        List<String> list = List.of("a", "b");
        Set<Integer> set = new java.util.TreeSet<>(List.of(3, 1));
        Map<String, ? extends Number> map = Map.of("k", 1L);
        CharSequence text = "chars";
        Comparable<?> comparable = 5;
        Number number = 5.5;
        Serializable any = new Point(1, 2);
    }

    static class HasOptional implements Serializable {
        private static final long serialVersionUID = 1;
        Optional<String> maybe = Optional.of("x");
    }

    static class HoldsThread implements Serializable {
        private static final long serialVersionUID = 1;
        Thread thread = new Thread();
    }

    static class BigDecimalOfOurs extends BigDecimal {
        private static final long serialVersionUID = 1;
        final String unit;

        BigDecimalOfOurs(String value, String unit) {
            super(value);
            this.unit = unit;
        }
    }

    static class Failure extends IllegalStateException {
        private static final long serialVersionUID = 1;
        int code = 42;

        Failure(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static class NeverAgain implements Serializable {
        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) throws InvalidObjectException {
            throw new InvalidObjectException("use the proxy");
        }
    }

    interface Speaks {
        String speak();
    }

    record Echo(String answer) implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return answer;
        }
    }

    interface Supplies<T> extends java.util.function.Supplier<T>, Serializable {}
}
