package dev.holdfast.filter.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which classes may be written and read by a serializer, from the patterns of the setting {@code allow-classes}.
 * Immutable.
 *
 * <p>A pattern is {@code com.acme.Cart} (that class), {@code com.acme.*} (classes of that package), {@code com.acme.**}
 * (also of the packages below it), or one of these behind {@code !} (never, whatever another pattern says; the order does
 * not matter). A nested class {@code com.acme.Cart$Item} belongs to its package, and {@code com.acme.Cart} alone does
 * not name it.
 *
 * <p>With at least one pattern that allows, only what it names can be used, and besides it the value and collection
 * classes of the JDK ({@code java.lang}, {@code java.io}, {@code java.util}, {@code java.time}, …), which no application can do without.
 *
 * <p>Without one, every class that the application's loader finds is allowed but a list of classes known from published
 * attacks. That list stops copied attacks and nothing else: who can write to the store can then run code on this node,
 * through whatever classes the application brings along. Only patterns, or bytes that nobody else can write, prevent
 * that.
 */
public final class AllowedClasses implements Predicate<String> {

    /** In a list of one's own these would be the first lines of everybody's. */
    private static final List<String> JDK_VALUES = List.of(
            "java.io.*",
            "java.lang.*",
            "java.lang.reflect.Proxy", // its interfaces and its handler are asked for by name
            "java.math.*",
            "java.net.URI",
            "java.sql.Date",
            "java.sql.Time",
            "java.sql.Timestamp",
            "java.text.*",
            "java.time.**",
            "java.util.*",
            "java.util.concurrent.*",
            "java.util.concurrent.atomic.*",
            "java.util.concurrent.locks.*",
            "java.util.regex.Pattern",
            "sun.util.calendar.ZoneInfo"); // the time zone of every Calendar

    private static final List<String> KNOWN_GADGETS = List.of(
            "bsh.**",
            "clojure.core$*",
            "clojure.inspector.proxy$*",
            "com.mchange.v2.c3p0.**",
            "com.sun.jndi.**",
            "com.sun.org.apache.bcel.internal.**",
            "com.sun.org.apache.xalan.internal.**",
            "com.sun.rowset.**",
            "com.sun.syndication.feed.impl.ObjectBean",
            "com.rometools.rome.feed.impl.ObjectBean",
            "javassist.**",
            "javax.management.BadAttributeValueExpException",
            "javax.management.remote.rmi.**",
            "java.rmi.**",
            "sun.rmi.**",
            "net.sf.json.**",
            "org.apache.commons.beanutils.BeanComparator",
            "org.apache.commons.collections.functors.**",
            "org.apache.commons.collections.keyvalue.TiedMapEntry",
            "org.apache.commons.collections.map.LazyMap",
            "org.apache.commons.collections4.comparators.TransformingComparator",
            "org.apache.commons.collections4.functors.**",
            "org.apache.commons.collections4.keyvalue.TiedMapEntry",
            "org.apache.commons.collections4.map.LazyMap",
            "org.apache.commons.fileupload.disk.DiskFileItem",
            "org.apache.tomcat.dbcp.**",
            "org.apache.wicket.util.upload.DiskFileItem",
            "org.apache.xalan.**",
            "org.codehaus.groovy.runtime.**",
            "org.mozilla.javascript.**",
            "org.python.core.**",
            "org.springframework.aop.framework.JdkDynamicAopProxy",
            "org.springframework.beans.factory.**",
            "org.springframework.core.SerializableTypeWrapper*",
            "sun.reflect.annotation.**",
            "ysoserial.**");

    private final List<Predicate<String>> allowed;
    private final List<Predicate<String>> refused;

    private AllowedClasses(List<Predicate<String>> allowed, List<Predicate<String>> refused) {
        this.allowed = List.copyOf(allowed);
        this.refused = List.copyOf(refused);
    }

    /** Everything that the loader finds, known gadgets excepted. */
    public static AllowedClasses everythingFound() {
        return of(List.of());
    }

    /**
     * @param patterns none for {@link #everythingFound}
     * @throws IllegalArgumentException naming the pattern that is none
     */
    public static AllowedClasses of(List<String> patterns) {
        List<Predicate<String>> allowed = new ArrayList<>();
        List<Predicate<String>> refused = new ArrayList<>();
        for (String pattern : patterns) {
            boolean never = pattern.startsWith("!");
            String of = never ? pattern.substring(1) : pattern;
            if (!isPattern(of)) {
                throw new IllegalArgumentException(
                        "\"" + pattern + "\" is not a class, package.* or package.** (with ! before it: never)");
            }
            (never ? refused : allowed).add(matcher(of));
        }
        if (allowed.isEmpty()) {
            KNOWN_GADGETS.forEach(gadget -> refused.add(matcher(gadget)));
        } else {
            JDK_VALUES.forEach(value -> allowed.add(matcher(value)));
        }
        return new AllowedClasses(allowed, refused);
    }

    /** Whether the patterns say what is allowed; if not, everything found is, and an operator should be told once. */
    public boolean isRestricted() {
        return !allowed.isEmpty();
    }

    /**
     * @param className as {@link Class#getName} has it; of an array: of its elements
     */
    @Override
    public boolean test(String className) {
        return refused.stream().noneMatch(pattern -> pattern.test(className))
                && (allowed.isEmpty() || allowed.stream().anyMatch(pattern -> pattern.test(className)));
    }

    private static boolean isPattern(String text) {
        String name = text.endsWith(".**") ? text.substring(0, text.length() - 3) : text;
        name = name.endsWith(".*") ? name.substring(0, name.length() - 2) : name;
        boolean start = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (start ? !Character.isJavaIdentifierStart(c) : c != '.' && !Character.isJavaIdentifierPart(c)) {
                return false;
            }
            start = c == '.';
        }
        return !start;
    }

    private static Predicate<String> matcher(String pattern) {
        if (pattern.endsWith(".**")) {
            String prefix = pattern.substring(0, pattern.length() - 2);
            return name -> name.startsWith(prefix);
        }
        if (pattern.endsWith(".*")) {
            String prefix = pattern.substring(0, pattern.length() - 1);
            return name -> name.startsWith(prefix) && name.indexOf('.', prefix.length()) < 0;
        }
        if (pattern.endsWith("*")) { // only in our own lists
            String prefix = pattern.substring(0, pattern.length() - 1);
            return name -> name.startsWith(prefix);
        }
        return pattern::equals;
    }
}
