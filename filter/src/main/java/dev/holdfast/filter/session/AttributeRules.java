package dev.holdfast.filter.session;

import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.filter.codec.UndecodableException;
import java.io.NotSerializableException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this application wants of its attributes: whether changes in place are looked for, and what happens to values that
 * cannot travel or cannot be read. Says each thing once per name and class, so that a loop does not fill the log. Thread-safe.
 */
final class AttributeRules {

    private static final Logger log = LoggerFactory.getLogger(AttributeRules.class);

    /** No more different complaints than this are remembered, and so logged: names may come from users. */
    private static final int MAX_COMPLAINTS = 1000;

    private static final int SHOWN_ATTRIBUTES = 5;
    private static final int SHOWN_NAME = 100;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\p{Print}\\p{L}\\p{N}…]");

    private final boolean compares;
    private final boolean refusesUnserializable;
    private final int maxSessionSize;
    private final AttributeNames stored;
    private final SessionCounts counts;
    private final Set<String> complaints = ConcurrentHashMap.newKeySet();

    AttributeRules(SessionRules rules, SessionCounts counts) {
        this.compares = rules.compares();
        this.refusesUnserializable = rules.refusesUnserializable();
        this.maxSessionSize = rules.maxSessionSize();
        this.stored = rules.stored();
        this.counts = counts;
    }

    /** Whether attributes of this name are stored; the others stay on this node, whatever they are. */
    boolean isStored(String name) {
        return stored.contain(name);
    }

    /** Whether values changed in place are found by comparison ({@code dirty-check=all}). */
    boolean compares() {
        return compares;
    }

    /**
     * Whether a value that cannot travel may stay on this node.
     *
     * @throws IllegalArgumentException if the application must be refused it (Servlet 6.0 §7.7.2)
     */
    void checkMayStay(String name, Object value) {
        if (refusesUnserializable) {
            throw new IllegalArgumentException("session attribute '" + name + "' of class "
                    + value.getClass().getName()
                    + " is not serializable, and this application is distributable (unserializable=refuse)");
        }
        counts.keptLocal.increment();
        complainOnce(name, value.getClass().getName(), null);
    }

    /** Whether a value that turned out not to be encodable may stay on this node; false: the save fails by name. */
    boolean keepsLocal(String name, Object value, EncodingException e) {
        if (refusesUnserializable || !isNotSerializable(e)) {
            return false;
        }
        counts.keptLocal.increment();
        complainOnce(name, value.getClass().getName(), e);
        return true;
    }

    /**
     * Whether a save may make a session of that size. One that is too large already, because the setting was lowered, may still
     * be changed as long as it does not grow.
     *
     * @param before how many bytes all attributes have now
     * @param after how many they would have
     */
    boolean hasRoom(long before, long after) {
        return after <= maxSessionSize || after <= before;
    }

    /**
     * Names the largest attributes.
     *
     * @param sizes of all attributes after the save, in bytes, by name
     * @param after their sum
     */
    EncodingException tooLarge(Map<String, Integer> sizes, long after) {
        String largest = sizes.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(SHOWN_ATTRIBUTES)
                .map(each -> "'" + shown(each.getKey()) + "' " + each.getValue())
                .collect(Collectors.joining(", "));
        return new EncodingException(
                "the session would have " + after + " bytes in " + sizes.size()
                        + " attributes, max-session-size allows " + maxSessionSize + "; the largest: " + largest,
                null);
    }

    /** Names may come from users, and from whoever writes to the store. */
    private static String shown(String name) {
        String start = name.length() <= SHOWN_NAME ? name : name.substring(0, SHOWN_NAME) + "…";
        return UNPRINTABLE.matcher(start).replaceAll("?");
    }

    private static boolean isNotSerializable(EncodingException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSerializableException) {
                return true;
            }
        }
        return false;
    }

    private void complainOnce(String name, String type, @Nullable EncodingException e) {
        if (isFirst(name + ' ' + type)) {
            log.warn(
                    "session attribute '{}' of class {} cannot travel: it stays on this node and is lost with it"
                            + " (unserializable=local){}",
                    name,
                    type,
                    e == null ? "" : ": " + e.getMessage());
        }
    }

    /** An attribute reads as absent on this node; its bytes stay in the store. */
    void undecodable(String name, UndecodableException e) {
        counts.undecodable.increment();
        if (isFirst("undecodable " + name)) {
            log.warn(
                    "session attribute '{}' cannot be read on this node and counts as absent here, its stored bytes stay: {}",
                    shown(name),
                    e.getMessage());
        }
    }

    private boolean isFirst(String complaint) {
        return complaints.size() < MAX_COMPLAINTS && complaints.add(complaint);
    }
}
