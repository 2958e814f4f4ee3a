package dev.holdfast.spi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one filter: its init-params, each overridden by the environment variable {@code HOLDFAST_<NAME>} and
 * that again by the system property {@code holdfast.<name>}.
 *
 * <p>A getter never throws for what the operator wrote: it notes a problem and answers the default, so that {@link #check}
 * can report everything at once. Asking is also what makes a name known; a name that nobody asked for is reported, with the
 * nearest known one. So everybody asks first, somebody checks last, and nothing is opened before.
 *
 * <p>Values are stripped of white space around them. An empty value is a problem, except for a {@link #list}.
 *
 * <p>No message, {@link #summary} or {@link #toString} shows a {@link #secret} or what stands before the {@code @} of an
 * address. Not thread-safe: for one thread, at start.
 */
public final class Settings {

    static final String PROPERTY_PREFIX = "holdfast.";
    static final String VARIABLE_PREFIX = "HOLDFAST_";
    private static final String INIT_PARAM = "init-param";

    /** Long enough for everything, short enough that sums of a few and {@link Duration#toNanos} do not overflow. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final Map<String, String> initParams;
    private final Map<String, String> properties;
    private final Map<String, String> variables;
    private final Map<String, Setting> known = new TreeMap<>();
    private final Set<String> problems = new LinkedHashSet<>();

    /** With what this JVM's system properties and environment override. */
    public Settings(Map<String, String> initParams) {
        this(initParams, System.getProperties(), System.getenv());
    }

    /** With overrides of the caller's choice, for tests. */
    public Settings(Map<String, String> initParams, Properties systemProperties, Map<String, String> environment) {
        this.initParams = new TreeMap<>(initParams);
        this.properties = new TreeMap<>();
        for (String name : systemProperties.stringPropertyNames()) {
            if (name.startsWith(PROPERTY_PREFIX)) {
                properties.put(name.substring(PROPERTY_PREFIX.length()), systemProperties.getProperty(name));
            }
        }
        this.variables = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(VARIABLE_PREFIX)) {
                variables.put(name, value);
            }
        });
    }

    /** A text. */
    public String string(String name, String defaultValue) {
        return optional(name, defaultValue).orElse(defaultValue);
    }

    /** A text that has no default and may be left out. */
    public Optional<String> string(String name) {
        return optional(name, "");
    }

    /** A text that must be given; empty, with a problem noted, if it is not. */
    public String required(String name) {
        know(name, "required", "", false);
        if (value(name) == null) {
            problem(name, "is required");
        }
        return optional(name, "required").orElse("");
    }

    /** A text that must never be shown, such as a password. */
    public Optional<String> secret(String name) {
        know(name, "", "", true);
        return read(name, text -> text);
    }

    /** {@code 500ms}, {@code 2s}, {@code 5m}, {@code 1h} or {@code 30d}: whole numbers, with a unit. */
    public Duration duration(String name, Duration defaultValue) {
        return duration(name, defaultValue, new Bounds<>(null, null));
    }

    /** As {@link #duration(String, Duration)}, within bounds. */
    public Duration duration(String name, Duration defaultValue, Bounds<Duration> bounds) {
        know(name, SettingText.of(defaultValue), bounds.describe(SettingText::of), false);
        return read(name, text -> within(bounds, SettingText.duration(text, LONGEST), SettingText::of))
                .orElse(defaultValue);
    }

    /** A whole number. */
    public int integer(String name, int defaultValue, Bounds<Integer> bounds) {
        know(name, Integer.toString(defaultValue), bounds.describe(String::valueOf), false);
        return read(name, text -> within(bounds, SettingText.integer(text), String::valueOf))
                .orElse(defaultValue);
    }

    /**
     * A number of bytes, such as {@code 512B}, {@code 64KB} or {@code 16MB}, 1024 each; {@code off} is {@link
     * Integer#MAX_VALUE}: a size that nothing reaches.
     */
    public int size(String name, int defaultValue, Bounds<Integer> bounds) {
        String range = bounds.describe(SettingText::ofSize);
        know(name, SettingText.ofSize(defaultValue), range.isEmpty() ? "off" : range + ", or off", false);
        return read(name, text -> {
                    int size = SettingText.size(text);
                    return size == Integer.MAX_VALUE ? size : within(bounds, size, SettingText::ofSize);
                })
                .orElse(defaultValue);
    }

    /** {@code true} or {@code false}, nothing else. */
    public boolean bool(String name, boolean defaultValue) {
        return truth(name, Boolean.toString(defaultValue)).orElse(defaultValue);
    }

    /** As {@link #bool(String, boolean)}, for what may be left out. */
    public Optional<Boolean> bool(String name) {
        return truth(name, "");
    }

    private Optional<Boolean> truth(String name, String defaultText) {
        know(name, defaultText, "true or false", false);
        return read(name, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadValue("is neither true nor false");
        });
    }

    /** One of an enum's constants, written in lower case with dashes. */
    public <E extends Enum<E>> E choice(String name, E defaultValue) {
        return choice(name, defaultValue.getDeclaringClass(), SettingText.of(defaultValue))
                .orElse(defaultValue);
    }

    /** As {@link #choice(String, Enum)}, for a choice that may be left out. */
    public <E extends Enum<E>> Optional<E> choice(String name, Class<E> choices) {
        return choice(name, choices, "");
    }

    private <E extends Enum<E>> Optional<E> choice(String name, Class<E> choices, String defaultText) {
        List<E> constants = Arrays.asList(choices.getEnumConstants());
        String all = constants.stream().map(SettingText::of).collect(Collectors.joining(", "));
        know(name, defaultText, all, false);
        return read(
                name,
                text -> constants.stream()
                        .filter(constant -> SettingText.of(constant).equals(text))
                        .findFirst()
                        .orElseThrow(() ->
                                new BadValue(constants.size() == 1 ? "can only be " + all : "is not one of " + all)));
    }

    /** Texts separated by commas; white space around them and empty ones are dropped. Empty if not given. */
    public List<String> list(String name) {
        know(name, "", "", false);
        Given given = value(name);
        if (given == null) {
            return List.of();
        }
        return Arrays.stream(given.value.split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /**
     * Notes a problem of somebody who knows more about a value than the getters do.
     *
     * @param text goes on after {@code name = "value"}, e.g. {@code is not a multicast address}; without the value, which
     *     is added here, masked and shortened
     */
    public void problem(String name, String text) {
        Given given = value(name);
        Setting setting = known.get(name);
        if (given == null) {
            problems.add(SettingText.shown(name) + " " + text);
        } else if (setting != null && setting.secret()) {
            problems.add(SettingText.shown(name) + " (" + given.origin + ") " + text);
        } else {
            problems.add(SettingText.shown(name) + " = \"" + SettingText.shown(given.value) + "\" (" + given.origin
                    + ") " + text);
        }
    }

    /**
     * To be called when all who know a setting have asked for theirs.
     *
     * @throws SettingsException with all problems noted so far, and all init-params that nobody asked for
     */
    public void check(String filterName) throws SettingsException {
        List<String> all = new ArrayList<>(problems);
        for (String name : initParams.keySet()) {
            if (!known.containsKey(name) && !isOfAnotherStore(name)) {
                all.add(unknown(name));
            }
        }
        if (!all.isEmpty()) {
            throw new SettingsException(SettingText.shown(filterName), all);
        }
    }

    /**
     * What the operator should look at though it is no reason not to start: system properties and environment variables that
     * mean no setting here (they are the whole JVM's, and may be another application's), and init-params of a store that is
     * not the chosen one. To be called when {@link #check} may be.
     */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (String name : initParams.keySet()) {
            if (!known.containsKey(name) && isOfAnotherStore(name)) {
                warnings.add(unknown(name) + "; it has no effect");
            }
        }
        for (String name : properties.keySet()) {
            if (!known.containsKey(name)) {
                warnings.add("system property " + PROPERTY_PREFIX + unknown(name) + "; it has no effect here");
            }
        }
        Set<String> knownVariables =
                known.keySet().stream().map(Settings::variable).collect(Collectors.toSet());
        for (String name : variables.keySet()) {
            if (!knownVariables.contains(name)) {
                String plain = name.substring(VARIABLE_PREFIX.length());
                warnings.add("environment variable " + SettingText.shown(name) + " is not a known setting"
                        + SettingNames.nearest(plain, known.keySet())
                                .map(nearest -> "; did you mean " + variable(nearest) + "?")
                                .orElse("")
                        + "; it has no effect here");
            }
        }
        return warnings;
    }

    /** {@code peer.replicas}, when nobody asked for any {@code peer.…}: the chosen store is another. */
    private boolean isOfAnotherStore(String name) {
        int dot = name.indexOf('.');
        return dot > 0
                && !name.startsWith(PROPERTY_PREFIX)
                && known.keySet().stream().noneMatch(other -> other.startsWith(name.substring(0, dot + 1)))
                && SettingNames.nearest(name, known.keySet()).isEmpty();
    }

    private String unknown(String name) {
        return SettingText.shown(name) + " is not a known setting" + SettingNames.hint(name, known.keySet());
    }

    /** What has been asked for, by name. */
    public Set<String> knownNames() {
        return Set.copyOf(known.keySet());
    }

    /** What has been asked for, ordered by name; for the test that compares it with the documentation. */
    public List<Setting> known() {
        return List.copyOf(known.values());
    }

    /** What is not left at its default, for the log: masked, shortened, one line. */
    public String summary() {
        Map<String, String> given = new LinkedHashMap<>();
        known.forEach((name, setting) -> {
            Given value = value(name);
            if (value != null) {
                String shown = setting.secret() ? "***" : SettingText.shown(value.value);
                given.put(name, shown + (value.origin.equals(INIT_PARAM) ? "" : " (" + value.origin + ")"));
            }
        });
        if (given.isEmpty()) {
            return "all settings at their defaults";
        }
        return given.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return "Settings[" + summary() + "]";
    }

    /** An address as it may be shown: without user, password and query, without control characters, shortened. */
    public static String masked(String address) {
        return SettingText.shown(address);
    }

    /**
     * A name that has been asked for.
     *
     * @param defaultValue as it would be written; empty if there is none, {@code required} if it must be given
     * @param range what may be written, for people; empty if anything may
     * @param secret whether the value must not be shown
     */
    public record Setting(String name, String defaultValue, String range, boolean secret) {}

    private record Given(String value, String origin) {}

    private @Nullable Given value(String name) {
        String property = properties.get(name);
        if (property != null) {
            return new Given(property.strip(), "system property " + PROPERTY_PREFIX + name);
        }
        String variable = variables.get(variable(name));
        if (variable != null) {
            return new Given(variable.strip(), "environment variable " + variable(name));
        }
        String initParam = initParams.get(name);
        return initParam == null ? null : new Given(initParam.strip(), INIT_PARAM);
    }

    private static String variable(String name) {
        return VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private void know(String name, String defaultValue, String range, boolean secret) {
        Setting before = known.get(name);
        known.put(name, new Setting(name, defaultValue, range, secret || (before != null && before.secret())));
    }

    private Optional<String> optional(String name, String defaultText) {
        know(name, defaultText, "", false);
        return read(name, text -> text);
    }

    private <T> Optional<T> read(String name, Function<String, T> parser) {
        Given given = value(name);
        if (given == null) {
            return Optional.empty();
        }
        try {
            if (given.value.isEmpty()) {
                throw new BadValue("is empty; leave it out for the default");
            }
            return Optional.of(parser.apply(given.value));
        } catch (BadValue e) {
            problem(name, e.text);
            return Optional.empty();
        }
    }

    private static <T extends Comparable<T>> T within(Bounds<T> bounds, T value, Function<T, String> format) {
        if (!bounds.contain(value)) {
            throw new BadValue("is out of range; it must be " + bounds.describe(format));
        }
        return value;
    }

    /** What is wrong with a value, to go on after it. Never leaves this class. */
    static final class BadValue extends RuntimeException {

        private static final long serialVersionUID = 1;

        final String text;

        BadValue(String text) {
            super(text, null, false, false);
            this.text = text;
        }
    }
}
