package dev.holdfast.serializers;

import dev.holdfast.serializers.Values.*;
import java.io.File;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.sql.Timestamp;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.SimpleDateFormat;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kinds of value that applications and their frameworks keep in sessions, each by a name. */
final class Table {

    /** Makes a value anew each time, so that no row can spoil another. */
    interface Make {
        Object make() throws Exception;
    }

    private final Map<String, Make> rows = new LinkedHashMap<>();

    private Table() {
        beans();
        ownWays();
        recordsAndEnums();
        collections();
        maps();
        viewsAndImmutables();
        arrays();
        graphs();
        values();
        times();
        functions();
        refusals();
        FrameworkRows.addTo(rows);
    }

    static Map<String, Make> rows() {
        return new Table().rows;
    }

    private void row(String name, Make make) {
        if (rows.put(name, make) != null) {
            throw new AssertionError("twice: " + name);
        }
    }

    @SafeVarargs
    private static <T> ArrayList<T> list(T... elements) {
        return new ArrayList<>(Arrays.asList(elements));
    }

    private void beans() {
        row("bean: primitives at their limits", Primitives::new);
        row("bean: boxed numbers, also in fields of Object", Boxes::new);
        row("bean: subclass in a field of its parent, Timestamp in a field of Date", Customer::new);
        row("bean: inherited fields", () -> new ForeignAddress("a", null));
        row("bean: final fields", () -> new Finals(4, list("a", null)));
        row("bean: two fields of one name", Shadowed::new);
        row("bean: parent that is not serializable", ChildOfNotSerializable::new);
        row("bean: inner class", () -> new Outer().within());
        row("bean: fields of interfaces", Interfaces::new);
        row("bean: locale, zone, currency", Abroad::new);
        row("bean: a cart", () -> Cart.of(20));
        row("bean: of a local class with a captured variable", () -> {
            int captured = new Random().nextInt();
            class Local implements Serializable {
                private static final long serialVersionUID = 1;
                final int[] held = {captured};

                int captured() {
                    return captured;
                }
            }
            return new Local();
        });
    }

    private void ownWays() {
        row("own way: writeObject and readObject", Customized::new);
        row("own way: inherited writeObject", HeirOfCustomized::new);
        row("own way: writeReplace", () -> new Replaced("n"));
        row("own way: readResolve", () -> Single.INSTANCE);
        row("own way: Externalizable", Outside::new);
        row("own way: serialPersistentFields", PersistentFields::new);
        row("own way: deep inside a bean", () -> new Finals(1, new Names()));
    }

    private void recordsAndEnums() {
        row("record", () -> new Point(-1, 2.5));
        row(
                "record: nested, generic, with nulls",
                () -> new Order(
                        "o",
                        List.of(new Point(1, 1)),
                        Map.of("p", new Order("i", null, Map.of(), 5L, null)),
                        new int[] {1},
                        7));
        row("record: with a check", () -> new Checked(3));
        row("record: twice in a list", () -> {
            Point point = new Point(1, 2);
            return list(point, point);
        });
        row("enum", () -> list(Plain.ONE, Plain.TWO, Plain.ONE));
        row("enum: with a body", () -> list(Bodied.LOUD, Bodied.QUIET));
        row("EnumSet", () -> EnumSet.of(Bodied.LOUD));
        row("EnumSet: empty", () -> EnumSet.noneOf(Plain.class));
        row("EnumSet: of more than 64", () -> EnumSet.of(Many.A0, Many.G9));
        row("EnumMap", () -> new EnumMap<>(Map.of(Bodied.LOUD, list(1), Bodied.QUIET, list())));
        row("EnumMap: empty", () -> new EnumMap<>(Plain.class));
    }

    private void collections() {
        row("ArrayList with nulls", () -> list("a", null, "b", null));
        row("ArrayList of many classes", () -> list(1, "a", 2L, new Date(1), list(), Plain.ONE, new Point(1, 1)));
        row("ArrayList: subclass with a field", () -> {
            Names names = new Names();
            names.add("n");
            return names;
        });
        row("ArrayList: anonymous subclass, with its outer object", () -> new Outer().names());
        row("LinkedList", () -> new LinkedList<>(list(1, null, 2)));
        row("ArrayDeque", () -> new ArrayDeque<>(List.of(1, 2)));
        row("Vector", () -> new Vector<>(List.of(1)));
        row("Stack", () -> {
            Stack<Object> stack = new Stack<>();
            stack.push("s");
            return stack;
        });
        row("HashSet with null", () -> new HashSet<>(list("a", null, 1)));
        row("LinkedHashSet", () -> new LinkedHashSet<>(list("z", "a", null)));
        row("TreeSet", () -> new TreeSet<>(List.of(3, 1, 2)));
        row("TreeSet with a comparator of ours", () -> {
            TreeSet<String> set = new TreeSet<>(new ByLength());
            set.addAll(List.of("a", "ccc", "bb"));
            return set;
        });
        row("TreeSet in reverse", () -> {
            TreeSet<Integer> set = new TreeSet<>(Comparator.reverseOrder());
            set.addAll(List.of(1, 2));
            return set;
        });
        row("PriorityQueue", () -> new PriorityQueue<>(List.of(5, 1, 4, 2, 3)));
        row("PriorityQueue with a comparator", () -> {
            PriorityQueue<String> queue = new PriorityQueue<>(new ByLength());
            queue.addAll(List.of("a", "ccc", "bb"));
            return queue;
        });
        row("CopyOnWriteArrayList", () -> new CopyOnWriteArrayList<>(List.of(1)));
        row("ConcurrentLinkedQueue", () -> new ConcurrentLinkedQueue<>(List.of(1, 2)));
        row("LinkedBlockingQueue", () -> new LinkedBlockingQueue<>(List.of(1, 2)));
        row("ConcurrentSkipListSet", () -> new ConcurrentSkipListSet<>(List.of(2, 1)));
    }

    private void maps() {
        row("HashMap with null key and value", () -> {
            Map<Object, Object> map = new HashMap<>(Map.of("a", 1, 2, "b"));
            map.put(null, null);
            map.put("n", null);
            return map;
        });
        row("HashMap with keys of ours", () -> new HashMap<>(Map.of(new Entity(1, "e"), new Entity(2, "f"))));
        row("LinkedHashMap", () -> {
            Map<Object, Object> map = new LinkedHashMap<>();
            map.put("z", 1);
            map.put("a", null);
            return map;
        });
        row("LinkedHashMap ordered by access", () -> {
            Map<Object, Object> map = new LinkedHashMap<>(16, 0.75f, true);
            map.put("z", 1);
            map.put("a", 2);
            return map;
        });
        row("LinkedHashMap: a cache of the last few", () -> {
            Recent recent = new Recent(2);
            recent.put("a", "b");
            return recent;
        });
        row("TreeMap ignoring case", () -> {
            Map<String, Object> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            map.put("B", 1);
            map.put("a", 2);
            return map;
        });
        row("TreeMap with a comparator of ours", () -> {
            Map<String, Object> map = new TreeMap<>(new ByLength());
            map.put("B", 1);
            map.put("aaa", 2);
            return map;
        });
        row("TreeMap: part of one", () -> new TreeMap<>(Map.of(1, 1, 2, 2, 3, 3)).headMap(2, true));
        row("Hashtable", () -> new Hashtable<>(Map.of(1, 2)));
        row("Properties with defaults", () -> {
            Properties defaults = new Properties();
            defaults.setProperty("d", "1");
            Properties properties = new Properties(defaults);
            properties.setProperty("a", "b");
            return properties;
        });
        row("IdentityHashMap", () -> {
            Map<Object, Object> map = new IdentityHashMap<>();
            map.put(new Node("a"), 1);
            map.put(new Node("a"), 2);
            return map;
        });
        row("ConcurrentHashMap", () -> new ConcurrentHashMap<>(Map.of("k", list(1))));
        row("ConcurrentSkipListMap", () -> new ConcurrentSkipListMap<>(Map.of("k", 1, "a", 2)));
        row("map entry", () -> new AbstractMap.SimpleEntry<>("k", list(1)));
        row("map entry: immutable", () -> new AbstractMap.SimpleImmutableEntry<>("k", 1));
    }

    private void viewsAndImmutables() {
        row("List.of()", List::of);
        row("List.of(1)", () -> List.of(list("x")));
        row("List.of(1, 2, 3)", () -> List.of(1, "b", list()));
        row("Set.of", () -> list(Set.of(), Set.of(1), Set.of(1, 2, 3)));
        row("Map.of", () -> list(Map.of(), Map.of(1, list()), Map.of(1, 2, 3, 4)));
        row("Map.copyOf", () -> Map.copyOf(new HashMap<>(Map.of("a", Set.of("b")))));
        row("Stream.toList()", () -> Stream.of(1, 2, 3).toList());
        row("Stream.toList() with null", () -> Stream.of(1, null, 3).toList());
        row(
                "Collections.empty…",
                () -> list(
                        Collections.emptyList(),
                        Collections.emptySet(),
                        Collections.emptyMap(),
                        Collections.emptyList()));
        row(
                "Collections.singleton…",
                () -> list(
                        Collections.singleton(null),
                        Collections.singletonList(list(1)),
                        Collections.singletonMap(1, null)));
        row("Collections.nCopies", () -> Collections.nCopies(3, "x"));
        row(
                "Collections.unmodifiable…",
                () -> list(
                        Collections.unmodifiableList(list(1)),
                        Collections.unmodifiableSet(new HashSet<>(list(1))),
                        Collections.unmodifiableCollection(list(2)),
                        Collections.unmodifiableMap(new TreeMap<>(Map.of(1, 2))),
                        Collections.unmodifiableSortedSet(new TreeSet<>(List.of(1)))));
        row("Collections.unmodifiableList of a list that is there too", () -> {
            List<Object> base = list(1);
            return list(base, Collections.unmodifiableList(base));
        });
        row(
                "Collections.synchronized…",
                () -> list(
                        Collections.synchronizedList(list(1)),
                        Collections.synchronizedMap(new HashMap<>(Map.of(1, 2))),
                        Collections.synchronizedSet(new LinkedHashSet<>(list(2, 1)))));
        row("Collections.checkedList", () -> Collections.checkedList(list("a"), String.class));
        row("Collections.newSetFromMap", () -> {
            Set<Object> set = Collections.newSetFromMap(new ConcurrentHashMap<>());
            set.add("x");
            return set;
        });
        row("Collections.reverseOrder in a field", () -> new Object[] {Collections.reverseOrder(), 1});
        row("Arrays.asList", () -> Arrays.asList("q", null));
    }

    private void arrays() {
        row("array: int[][] with null", () -> new int[][] {{1, -1}, null, {}});
        row("array: of all primitives", () -> new Object[] {
            new boolean[] {true, false},
            new byte[] {-1},
            new short[] {-2},
            new char[] {'\uD800', 'a'},
            new int[] {Integer.MIN_VALUE},
            new long[] {Long.MIN_VALUE},
            new float[] {Float.MIN_VALUE},
            new double[] {Double.NaN, -0.0}
        });
        row("array: String[][]", () -> new String[][] {{"a", null}, null});
        row("array: of objects, with null", () -> new Object[] {1, null, "a", new Object[0]});
        row("array: Integer[] in a field of Object", () -> new Order("o", null, null, new Integer[] {1, null}, 1));
        row("array: of beans", () -> new Address[] {new Address("a", "b"), null, new ForeignAddress("c", "d")});
        row("array: of an interface", () -> new Comparable<?>[] {1, "a"});
        row("array: itself in it", () -> {
            Object[] array = {1, null};
            array[1] = array;
            return array;
        });
    }

    private void graphs() {
        row("graph: one object twice", () -> {
            Address address = new Address("a", "b");
            return list(address, address, new Address("a", "b"));
        });
        row("graph: one array, one date twice", () -> {
            byte[] bytes = {1};
            Date date = new Date(5);
            return list(bytes, bytes, date, date, new Date(5));
        });
        row("graph: one list in two maps", () -> {
            List<Object> shared = list(1);
            return list(new HashMap<>(Map.of("a", shared)), new TreeMap<>(Map.of("b", shared)));
        });
        row(
                "graph: parent and children",
                () -> new Node("p").add(new Node("c").add(new Node("g"))).add(new Node("d")));
        row("graph: list in itself", () -> {
            List<Object> list = list();
            list.add(list);
            return list;
        });
        row("graph: map that is its own value", () -> {
            Map<Object, Object> map = new HashMap<>();
            map.put("me", map);
            return map;
        });
        row("graph: entities in sets of each other", () -> {
            Entity a = new Entity(1, "a");
            Entity b = new Entity(2, "b");
            a.others.add(b);
            b.others.add(a);
            a.notes.put(b, "friend");
            return a;
        });
        row("graph: entity that is its own key", () -> {
            Entity a = new Entity(1, "a");
            a.notes.put(a, "me");
            return a;
        });
        row("graph: record that its list leads back to", () -> {
            Knot knot = new Knot("k", list());
            knot.ends().add(knot);
            return knot;
        });
        row("graph: list that its record leads back to", () -> {
            List<Object> list = list();
            list.add(new Knot("k", list));
            return list;
        });
        row("graph: immutable list in a list in it", () -> {
            List<Object> inner = list();
            List<Object> of = List.of("a", inner);
            inner.add(of);
            return of;
        });
        row("graph: immutable list that its element leads back to", () -> {
            Node node = new Node("n");
            List<Node> of = List.of(node);
            node.children = of;
            return of;
        });
        row("graph: key that is in a list as well", () -> {
            Entity key = new Entity(1, "k");
            return list(list(key), new HashMap<>(Map.of(key, "v")));
        });
        row("graph: 90 deep", () -> {
            Node root = new Node("0");
            Node at = root;
            for (int i = 1; i < 45; i++) {
                Node next = new Node("" + i);
                at.add(next);
                at = next;
            }
            return root;
        });
        row("graph: 400 deep", () -> {
            Object inner = list();
            for (int i = 0; i < 400; i++) {
                inner = new Object[] {inner};
            }
            return inner;
        });
        row("graph: 20,000 elements", () -> {
            List<Object> many = list();
            for (int i = 0; i < 20_000; i++) {
                many.add(i % 3 == 0 ? "s" + i : (Object) i);
            }
            return many;
        });
    }

    private void values() {
        row("String: surrogates, half of one, zero", () -> list("\uD83D\uDE00", "\uD800x", "\0", "é", "日本", ""));
        row("String: 100,000 characters", () -> list("äb".repeat(50_000)));
        row("String: one twice", () -> {
            String text = new String("shared");
            return list(text, text, new String("shared"));
        });
        row("StringBuilder", () -> new StringBuilder("sb"));
        row(
                "BigDecimal, BigInteger",
                () -> list(
                        new BigDecimal("1.10"),
                        new BigDecimal("-1E+30"),
                        BigInteger.TWO.pow(200),
                        BigInteger.ONE.negate()));
        row("BigDecimal: subclass", () -> new BigDecimalOfOurs("1.5", "kg"));
        row("RoundingMode, MathContext", () -> list(RoundingMode.HALF_EVEN, java.math.MathContext.DECIMAL64));
        row("UUID", () -> list(new UUID(1, -1), new UUID(0, 0)));
        row("URI", () -> list(URI.create("http://a/b?c#d"), URI.create("mailto:x@y")));
        row("URL", () -> new URL("http://localhost/x"));
        row("Pattern", () -> Pattern.compile("a+", Pattern.CASE_INSENSITIVE));
        row(
                "Locale",
                () -> list(
                        Locale.GERMANY,
                        Locale.ROOT,
                        Locale.forLanguageTag("zh-Hant-TW"),
                        new Locale("th", "TH", "TH")));
        row("Locale: without a language tag", () -> new Locale("no", "NO", "NY"));
        row("Currency", () -> Currency.getInstance("EUR"));
        row("BitSet", () -> BitSet.valueOf(new long[] {5, 0, -1}));
        row("Atomic…", () -> list(new AtomicInteger(1), new AtomicLong(-2), new AtomicBoolean(true)));
        row("AtomicReference", () -> new AtomicReference<>(list(1)));
        row("AtomicIntegerArray", () -> new AtomicIntegerArray(new int[] {1, 2}));
        row("LongAdder", () -> {
            LongAdder adder = new LongAdder();
            adder.add(5);
            return adder;
        });
        row("Throwable with cause", () -> new Failure("m", new RuntimeException("c")));
        row("Class", () -> list(String.class, int.class, Cart.class, int[].class));
        row("File", () -> new File("/tmp/x"));
        row("InetAddress", () -> InetAddress.getByAddress("h", new byte[] {1, 2, 3, 4}));
        row("Random", () -> new Random(5));
        row("ReentrantLock", ReentrantLock::new);
        row("DecimalFormat", () -> new DecimalFormat("#,##0.00", DecimalFormatSymbols.getInstance(Locale.GERMANY)));
        row("SimpleDateFormat", () -> new SimpleDateFormat("yyyy", Locale.ROOT));
    }

    private void times() {
        row("Date", () -> list(new Date(0), new Date(-1), new Date(Long.MAX_VALUE)));
        row("java.sql dates", () -> {
            Timestamp moment = new Timestamp(-1);
            moment.setNanos(1);
            return list(moment, new java.sql.Date(5), new java.sql.Time(6));
        });
        row("GregorianCalendar", () -> new GregorianCalendar(TimeZone.getTimeZone("Europe/Rome"), Locale.ITALY));
        row("TimeZone", () -> TimeZone.getTimeZone("America/New_York"));
        row(
                "java.time: local",
                () -> list(
                        LocalDate.MAX,
                        LocalDate.MIN,
                        LocalTime.MAX,
                        LocalTime.MIN,
                        LocalDateTime.MAX,
                        LocalDateTime.MIN));
        row("java.time: instants", () -> list(Instant.MIN, Instant.MAX, Instant.EPOCH, Instant.now()));
        row(
                "java.time: amounts",
                () -> list(
                        Duration.ofSeconds(Long.MIN_VALUE, 1),
                        Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                        Period.of(-1, 2, Integer.MIN_VALUE)));
        row(
                "java.time: with offsets",
                () -> list(
                        OffsetDateTime.MAX,
                        OffsetDateTime.MIN,
                        OffsetTime.MAX,
                        OffsetTime.MIN,
                        ZoneOffset.MIN,
                        ZoneOffset.UTC));
        row("java.time: with zones, an hour twice", () -> {
            ZonedDateTime first = ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 0, ZoneId.of("Europe/Paris"));
            return list(first.withEarlierOffsetAtOverlap(), first.withLaterOffsetAtOverlap(), ZoneId.of("UTC+1"));
        });
        row(
                "java.time: parts",
                () -> list(
                        Year.of(-5),
                        YearMonth.of(Year.MAX_VALUE, 12),
                        MonthDay.of(2, 29),
                        Month.MAY,
                        DayOfWeek.MONDAY));
        row("java.time: in a bean's map", () -> new HashMap<>(Map.of(LocalDate.EPOCH, list(LocalTime.NOON))));
        row("java.time: DateTimeFormatter", () -> DateTimeFormatter.ISO_DATE);
    }

    private void functions() {
        row("lambda: serializable", () -> (Function<String, String> & Serializable) text -> text + "!");
        row(
                "lambda: a Comparator of ours in a TreeMap",
                () -> new TreeMap<String, String>((Comparator<String> & Serializable) (a, b) -> b.compareTo(a)));
        row("method reference", () -> (Supplies<String>) "abc"::trim);
        row("lambda: not serializable", () -> (Comparator<String>) (a, b) -> 0);
        row(
                "proxy of the JDK",
                () -> java.lang.reflect.Proxy.newProxyInstance(
                        Table.class.getClassLoader(), new Class<?>[] {Speaks.class}, new Echo("hi")));
        row(
                "proxy of the JDK in a bean",
                () -> new Order("p", null, null, rows.get("proxy of the JDK").make(), 1));
    }

    private void refusals() {
        row("no: Optional", HasOptional::new);
        row("no: a thread in a bean", HoldsThread::new);
        row(
                "no: inner class of one that is not serializable",
                () -> new Order("i", null, null, innerOfNotSerializable(), 1));
        row("no: part of a list", () -> list(list(1, 2, 3).subList(0, 2), new HashMap<>(Map.of(1, 1)).keySet()));
        row("no: one that refuses to be read", NeverAgain::new);
        row("no: CompletableFuture", () -> list(CompletableFuture.completedFuture(1)));
        row("no: a stream", () -> list(new java.io.ByteArrayInputStream(new byte[1])));
    }

    private static Object innerOfNotSerializable() throws Exception {
        var constructor = Values.class.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance().new Inner();
    }
}
