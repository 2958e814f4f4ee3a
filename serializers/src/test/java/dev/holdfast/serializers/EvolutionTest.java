package dev.holdfast.serializers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.codec.EnvelopeCodec;
import dev.holdfast.filter.codec.UndecodableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A deployment reads what the one before it wrote: right, or that attribute alone cannot be read. Each pair of
 * deployments is two compilations in two loaders.
 */
class EvolutionTest {

    private static final String CART = "public class Cart implements Serializable {"
            + " private static final long serialVersionUID = 1;"
            + " int n; String s; List<Object> l; double d; Object again; Cart me; Object extra; Level level;"
            + " public static Object make() { Cart c = new Cart(); c.n = 7; c.s = \"x\";"
            + " c.l = new ArrayList<>(List.of(1, \"y\")); c.d = 2.5; c.again = c.l; c.me = c;"
            + " c.extra = new Extra(); c.level = Level.GOLD; return c; }"
            + " public String toString() { return n + \",\" + s + \",\" + l + \",\" + d + \",\" + (again == l) + \",\""
            + " + (me == this) + \",\" + (extra != null) + \",\" + level; } }";
    private static final String EXTRA =
            "public class Extra implements Serializable { private static final long serialVersionUID = 1; int e = 5; }";
    private static final String LEVEL = "public enum Level { SILVER, GOLD, LEAD }";
    private static final String AS_IT_WAS = "7,x,[1, y],2.5,true,true,true,GOLD";

    /** A deployment, and what a cart of the first one may look like in it; it may be unreadable as well. */
    private record Next(List<String> sources, String right) {}

    private static final Map<String, Next> CHANGES = new LinkedHashMap<>();

    private static void change(String name, String right, String... replacements) {
        List<String> sources = new ArrayList<>(List.of(CART, EXTRA, LEVEL));
        for (int i = 0; i < replacements.length; i += 2) {
            String from = replacements[i];
            String to = replacements[i + 1];
            assertThat(sources).as(name).anyMatch(source -> source.contains(from));
            sources.replaceAll(source -> source.replace(from, to));
        }
        CHANGES.put(
                name,
                new Next(sources.stream().filter(source -> !source.isEmpty()).toList(), right));
    }

    static {
        change("the same", AS_IT_WAS);
        change(
                "field added",
                "7,x,[1, y],2.5,true,true,true,GOLD,0null",
                "int n;",
                "int n; int more; String text;",
                "+ level;",
                "+ level + \",\" + more + text;");
        change(
                "number removed",
                "x,[1, y],2.5,true,true,true,GOLD",
                "int n;",
                "",
                "c.n = 7;",
                "",
                "n + \",\" + s",
                "s");
        change(
                "object removed that another field refers to",
                "7,x,2.5,[1, y],true,true,GOLD",
                "List<Object> l;",
                "",
                "c.l = new ArrayList<>(List.of(1, \"y\"));",
                "",
                "c.again = c.l;",
                "",
                "l + \",\" + d",
                "d",
                "(again == l)",
                "again");
        change(
                "field renamed",
                "0,x,[1, y],2.5,true,true,true,GOLD",
                "int n;",
                "int m;",
                "c.n",
                "c.m",
                "return n +",
                "return m +");
        change(
                "fields in another order",
                AS_IT_WAS,
                "int n; String s; List<Object> l;",
                "List<Object> l; String s; int n;");
        change("int to long", AS_IT_WAS, "int n;", "long n;");
        change("int to Integer", AS_IT_WAS, "int n;", "Integer n;");
        change("int to short", AS_IT_WAS, "int n;", "short n;");
        change("int to double", "7.0,x,[1, y],2.5,true,true,true,GOLD", "int n;", "double n;");
        change("int to String", AS_IT_WAS, "int n;", "String n;", "c.n = 7;", "");
        change("int to boolean", "no", "int n;", "boolean n;", "c.n = 7;", "");
        change("double to float", AS_IT_WAS, "double d;", "float d;", "2.5;", "2.5f;");
        change("double to long", "no", "double d;", "long d;", "2.5;", "2;");
        change("String to Object", AS_IT_WAS, "String s;", "Object s;");
        change("String to int", "no", "String s;", "int s;", "c.s = \"x\";", "");
        change("List to Collection", AS_IT_WAS, "List<Object> l;", "Collection<Object> l;");
        change(
                "List to Set",
                "no",
                "List<Object> l;",
                "Set<Object> l;",
                "new ArrayList<>(List.of(1, \"y\"))",
                "new HashSet<>()");
        change("Object to another class", "no", "Object extra;", "Cart extra;", "c.extra = new Extra();", "");
        change("class missing", AS_IT_WAS, EXTRA, "", "new Extra()", "1");
        change("constant missing", "no", "GOLD, ", "", "c.level = Level.GOLD;", "");
        change("constants in another order", AS_IT_WAS, "SILVER, GOLD, LEAD", "LEAD, GOLD, COPPER, SILVER");
        change("another serialVersionUID", AS_IT_WAS, "serialVersionUID = 1; int n", "serialVersionUID = 2; int n");
        change("parent added", AS_IT_WAS, "Cart implements", "Cart extends Extra implements");
        change(
                "writes itself now",
                AS_IT_WAS,
                "public String toString",
                "private void writeObject(ObjectOutputStream o) throws IOException { o.defaultWriteObject(); }"
                        + " public String toString");
        change(
                "class inside became a record",
                AS_IT_WAS,
                EXTRA,
                "public record Extra(int e) implements Serializable { public Extra() { this(1); } }");
        change(
                "enum became a class",
                "no",
                LEVEL,
                "public class Level implements Serializable { static Level GOLD = new Level(); }");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "fory", "kryo", "protostuff"})
    void whatTheLastDeploymentWroteIsReadRightOrNotAtAll(String chosen) throws Exception {
        List<String> wrong = new ArrayList<>();
        int right = 0;
        StringBuilder unreadable = new StringBuilder();
        try (Compiled before = Compiled.of(CART, EXTRA, LEVEL)) {
            Object cart = before.loadClass("shop.Cart").getMethod("make").invoke(null);
            assertThat(cart).hasToString(AS_IT_WAS);
            byte[] bytes = Deployments.codec(chosen, before).encode("cart", cart);
            for (Map.Entry<String, Next> change : CHANGES.entrySet()) {
                Next next = change.getValue();
                try (Compiled after = Compiled.of(next.sources().toArray(String[]::new))) {
                    Object read = Deployments.codec(chosen, after).decode(bytes);
                    if (read.getClass().getClassLoader() != after
                            || !read.toString().equals(next.right())) {
                        wrong.add(change.getKey() + ": " + read);
                    }
                    right++;
                } catch (UndecodableException e) {
                    unreadable.append("; ").append(change.getKey());
                    if (change.getKey().equals("the same")) {
                        throw e;
                    }
                }
            }
        }
        System.out.println("serializer " + chosen + ": " + right + " of " + CHANGES.size()
                + " changes of classes are read right; unreadable" + unreadable);
        assertThat(wrong).isEmpty();
    }

    @Test
    void whicheverSerializerIsChosenNextReadsWhatTheLastOneWrote() throws Exception {
        Map<String, byte[]> stored = new LinkedHashMap<>();
        Values.Cart cart = Values.Cart.of(3);
        for (String chosen : AllSerializers.NAMES) {
            EnvelopeCodec codec = Deployments.codec(chosen, getClass().getClassLoader());
            stored.put(chosen, codec.encode("cart", cart));
        }
        assertThat(stored.values()).doesNotHaveDuplicates();
        for (String next : AllSerializers.NAMES) {
            EnvelopeCodec codec = Deployments.codec(next, getClass().getClassLoader());
            for (byte[] bytes : stored.values()) {
                assertThat(Same.differenceOf(cart, codec.decode(bytes))).isNull();
            }
        }
    }
}
