package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private enum Check {
        ALL,
        SET_ONLY
    }

    private enum Mode {
        SHARED
    }

    private static Settings given(String... namesAndValues) {
        return new Settings(map(namesAndValues), new Properties(), Map.of());
    }

    private static Map<String, String> map(String... namesAndValues) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        properties.putAll(map(namesAndValues));
        return properties;
    }

    private static List<String> problemsOf(Settings settings) {
        return catchThrowableOfType(SettingsException.class, () -> settings.check("session"))
                .problems();
    }

    @Test
    void whatIsNotGivenIsTheDefault() {
        Settings settings = given();

        assertThat(settings.string("store", "local")).isEqualTo("local");
        assertThat(settings.string("listeners")).isEmpty();
        assertThat(settings.secret("secret")).isEmpty();
        assertThat(settings.duration("timeout", Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.integer("near-cache", 7, Bounds.atLeast(0))).isEqualTo(7);
        assertThat(settings.bool("rebuild", true)).isTrue();
        assertThat(settings.choice("dirty-check", Check.ALL)).isEqualTo(Check.ALL);
        assertThat(settings.choice("unserializable", Check.class)).isEmpty();
        assertThat(settings.list("ignore")).isEmpty();
        settings.check("session");
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void whatIsGivenIsRead() {
        Settings settings = given(
                "store",
                " peer://228.0.0.4:45564\n",
                "secret",
                "hush",
                "timeout",
                "500ms",
                "near-cache",
                "0",
                "rebuild",
                "false",
                "dirty-check",
                "set-only",
                "ignore",
                " /static/* , *.js,, ");

        assertThat(settings.required("store")).isEqualTo("peer://228.0.0.4:45564");
        assertThat(settings.secret("secret")).contains("hush");
        assertThat(settings.duration("timeout", Duration.ofSeconds(2))).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.integer("near-cache", 7, Bounds.atLeast(0))).isEqualTo(0);
        assertThat(settings.bool("rebuild", true)).isFalse();
        assertThat(settings.choice("dirty-check", Check.ALL)).isEqualTo(Check.SET_ONLY);
        assertThat(settings.choice("dirty-check", Check.class)).contains(Check.SET_ONLY);
        assertThat(settings.list("ignore")).containsExactly("/static/*", "*.js");
        settings.check("session");
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "2s, PT2S", "5m, PT5M", "1h, PT1H", "30d, PT720H", "0s, PT0S", "2 s, PT2S"})
    void durationsHaveUnits(String text, Duration expected) {
        Settings settings = given("timeout", text);

        assertThat(settings.duration("timeout", Duration.ofMillis(1))).isEqualTo(expected);
        settings.check("session");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "0", "500", "-5", "123456789012345678"})
    void aDurationWithoutUnitIsAProblemThatNamesIt(String text) {
        Settings settings = given("timeout", text);

        assertThat(settings.duration("timeout", Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
        assertThat(problemsOf(settings))
                .containsExactly("timeout = \"" + text + "\" (init-param) has no unit; write e.g. 500ms or 2s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.5s", "2S", "2sec", "-2s", "s", "PT2S", "2s 3ms", "１s", "1e3s", "0x1s", "1234567890123456789s"
            })
    void whatIsNoDurationIsAProblemThatNamesIt(String text) {
        Settings settings = given("timeout", text);

        assertThat(settings.duration("timeout", Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
        assertThat(problemsOf(settings))
                .containsExactly("timeout = \"" + text
                        + "\" (init-param) is not a duration; write a whole number and one of ms, s, m, h, d,"
                        + " e.g. 500ms or 2s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3651d", "999999999999999999d", "999999999999999999ms"})
    void aDurationThatWouldOverflowLaterIsAProblem(String text) {
        Settings settings = given("timeout", text);

        assertThat(settings.duration("timeout", Duration.ofSeconds(2), Bounds.atLeast(Duration.ZERO)))
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(problemsOf(settings))
                .containsExactly("timeout = \"" + text + "\" (init-param) is too long; it must be at most 3650d");
    }

    @Test
    void boundsIncludeTheirEnds() {
        Settings settings = given("a", "10ms", "b", "9ms", "c", "1h", "d", "61m");
        Bounds<Duration> bounds = Bounds.between(Duration.ofMillis(10), Duration.ofHours(1));

        assertThat(settings.duration("a", Duration.ofSeconds(2), bounds)).isEqualTo(Duration.ofMillis(10));
        assertThat(settings.duration("b", Duration.ofSeconds(2), bounds)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.duration("c", Duration.ofSeconds(2), bounds)).isEqualTo(Duration.ofHours(1));
        assertThat(settings.duration("d", Duration.ofSeconds(2), bounds)).isEqualTo(Duration.ofSeconds(2));
        assertThat(problemsOf(settings))
                .containsExactly(
                        "b = \"9ms\" (init-param) is out of range; it must be between 10ms and 1h",
                        "d = \"61m\" (init-param) is out of range; it must be between 10ms and 1h");
    }

    @ParameterizedTest
    @CsvSource({
        "'', is empty; leave it out for the default",
        "ten, is not a whole number",
        "1.0, is not a whole number",
        "+1, is not a whole number",
        "1_000, is not a whole number",
        "٣, is not a whole number",
        "99999999999999999999, is not a whole number",
        "2147483648, is out of range; it must be at most 2147483647",
        "-1, is out of range; it must be at least 0"
    })
    void whatIsNoNumberIsAProblemThatNamesIt(String text, String problem) {
        Settings settings = given("near-cache", text);

        assertThat(settings.integer("near-cache", 7, Bounds.atLeast(0))).isEqualTo(7);
        assertThat(problemsOf(settings)).containsExactly("near-cache = \"" + text + "\" (init-param) " + problem);
    }

    @ParameterizedTest
    @CsvSource({"0B, 0", "512B, 512", "64KB, 65536", "1 MB, 1048576", "2047MB, 2146435072", "off, 2147483647"})
    void sizesHaveUnits(String text, int expected) {
        Settings settings = given("compress-above", text);

        assertThat(settings.size("compress-above", 1024, Bounds.atLeast(0))).isEqualTo(expected);
        settings.check("session");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "1024; 'has no unit; write e.g. 512B or 64KB'",
                "64kb; 'is not a size; write off, or a whole number and one of B, KB, MB, e.g. 512B or 64KB'",
                "2048MB; 'is too much; it must be less than 2048MB'",
                "9999999999MB; 'is too much; it must be less than 2048MB'",
                "63B; 'is out of range; it must be at least 64B'"
            })
    void whatIsNoSizeIsAProblemThatNamesIt(String text, String problem) {
        Settings settings = given("compress-above", text);

        assertThat(settings.size("compress-above", 1024, Bounds.atLeast(64))).isEqualTo(1024);
        assertThat(problemsOf(settings)).containsExactly("compress-above = \"" + text + "\" (init-param) " + problem);
        assertThat(settings.known())
                .containsExactly(new Settings.Setting("compress-above", "1KB", "at least 64B, or off", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "TRUE", "1", "on"})
    void onlyTrueAndFalseAreTruthValues(String text) {
        Settings settings = given("rebuild", text);

        assertThat(settings.bool("rebuild", true)).isTrue();
        assertThat(problemsOf(settings))
                .containsExactly("rebuild = \"" + text + "\" (init-param) is neither true nor false");
    }

    @Test
    void aChoiceNamesWhatCouldBeChosen() {
        Settings settings = given("dirty-check", "SET_ONLY", "mode", "sticky");

        assertThat(settings.choice("dirty-check", Check.ALL)).isEqualTo(Check.ALL);
        assertThat(settings.choice("mode", Mode.class)).isEmpty();
        assertThat(problemsOf(settings))
                .containsExactly(
                        "dirty-check = \"SET_ONLY\" (init-param) is not one of all, set-only",
                        "mode = \"sticky\" (init-param) can only be shared");
    }

    @Test
    void whatIsRequiredAndMissingIsAProblem() {
        Settings settings = given();

        assertThat(settings.required("store")).isEmpty();
        assertThat(problemsOf(settings)).containsExactly("store is required");
    }

    @Test
    void anEmptyTextIsAProblemAndAnEmptyListIsNone() {
        Settings settings = given("store", " \n ", "ignore", "");

        assertThat(settings.string("store", "local")).isEqualTo("local");
        assertThat(settings.list("ignore")).isEmpty();
        assertThat(problemsOf(settings))
                .containsExactly("store = \"\" (init-param) is empty; leave it out for the default");
    }

    @Test
    void allProblemsComeAtOnceInOneMessage() {
        Settings settings = given("timeout", "5", "mode", "sticky", "near-cashe", "10");
        settings.duration("timeout", Duration.ofSeconds(2));
        settings.choice("mode", Mode.SHARED);
        settings.integer("near-cache", 7, Bounds.atLeast(0));
        settings.problem("mode", "is not there yet");

        assertThatThrownBy(() -> settings.check("session"))
                .isInstanceOf(SettingsException.class)
                .hasMessage("""
                        4 problems in the settings of filter 'session':
                          timeout = "5" (init-param) has no unit; write e.g. 500ms or 2s
                          mode = "sticky" (init-param) can only be shared
                          mode = "sticky" (init-param) is not there yet
                          near-cashe is not a known setting; did you mean near-cache?""");
    }

    @Test
    void whoAsksTwiceGetsTheSameAnswerAndOneProblem() {
        Settings settings = given("timeout", "5");

        settings.duration("timeout", Duration.ofSeconds(2));
        settings.duration("timeout", Duration.ofSeconds(2));

        assertThat(problemsOf(settings)).hasSize(1);
        assertThat(settings.known()).hasSize(1);
    }

    @Test
    void theEnvironmentOverridesAnInitParamAndASystemPropertyOverridesBoth() {
        Map<String, String> initParams = map("a.b-c", "1", "d", "1", "e", "1");
        Settings settings = new Settings(
                initParams,
                properties("holdfast.a.b-c", "3", "holdfast.f", "3", "unholdfast.e", "3"),
                map("HOLDFAST_A_B_C", "2", "HOLDFAST_D", "2", "E", "2"));

        assertThat(settings.string("a.b-c", "")).isEqualTo("3");
        assertThat(settings.string("d", "")).isEqualTo("2");
        assertThat(settings.string("e", "")).isEqualTo("1");
        assertThat(settings.string("f", "")).isEqualTo("3");
        settings.check("session");
        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.summary())
                .isEqualTo("a.b-c=3 (system property holdfast.a.b-c), d=2 (environment variable HOLDFAST_D), e=1,"
                        + " f=3 (system property holdfast.f)");
    }

    @Test
    void aProblemSaysWhereTheValueCameFrom() {
        Settings settings =
                new Settings(map("timeout", "2s"), properties("holdfast.touch", "5"), map("HOLDFAST_TIMEOUT", "5"));
        settings.duration("timeout", Duration.ofSeconds(2));
        settings.duration("touch", Duration.ofSeconds(2));

        assertThat(problemsOf(settings))
                .containsExactly(
                        "timeout = \"5\" (environment variable HOLDFAST_TIMEOUT) has no unit; write e.g. 500ms or 2s",
                        "touch = \"5\" (system property holdfast.touch) has no unit; write e.g. 500ms or 2s");
    }

    @Test
    void theJvmsOwnPropertiesAreRead() {
        System.setProperty("holdfast.settings-test", "here");
        try {
            assertThat(new Settings(Map.of()).string("settings-test", "")).isEqualTo("here");
        } finally {
            System.clearProperty("holdfast.settings-test");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "near-cashe, ; did you mean near-cache?",
        "nearCache, ; did you mean near-cache?",
        "NEAR_CACHE, ; did you mean near-cache?",
        "stroe, ; did you mean store?",
        "store2, ; did you mean store?",
        "holdfast.store, ; did you mean store?",
        "redis.pool-sise, ; did you mean redis.pool-size?",
        "rediss.pool-size, ; did you mean redis.pool-size?",
        "redis.url, ",
        "x, ",
        "colour, "
    })
    void anUnknownNameIsAProblemWithTheNearestKnownOne(String name, String hint) {
        Settings settings = given(name, "secret value");
        settings.string("store", "local");
        settings.integer("near-cache", 7, Bounds.atLeast(0));
        settings.integer("redis.pool-size", 7, Bounds.atLeast(0));

        assertThat(problemsOf(settings)).containsExactly(name + " is not a known setting" + (hint == null ? "" : hint));
    }

    @ParameterizedTest
    @CsvSource({
        "memcachedNodes, store",
        "failoverNodes, store",
        "requestUriIgnorePattern, ignore",
        "sessionAttributeFilter, attributes",
        "sessionAttributeNameFilter, attributes",
        "lockingMode, lock",
        "sessionBackupAsync, write",
        "channelSendOptions, write",
        "operationTimeout, timeout",
        "transcoderFactoryClass, serializer",
        "storageKeyPrefix, application",
        "maxActiveSessions, max-active-sessions",
        "expireSessionsOnShutdown, expire-on-stop",
        "jvmRoute, route"
    })
    void namesOfOtherSessionStoresLeadToOursIfThereIsOne(String theirs, String ours) {
        Settings with = given(theirs, "x");
        with.string(ours, "");
        assertThat(problemsOf(with)).containsExactly(theirs + " is not a known setting; what you look for is " + ours);

        Settings without = given(theirs, "x");
        assertThat(problemsOf(without)).containsExactly(theirs + " is not a known setting");
    }

    @ParameterizedTest
    @CsvSource({
        "notifyListenersOnReplication, listeners are never called for replication",
        "notifySessionListenersOnReplication, listeners are never called for replication"
    })
    void namesOfOtherSessionStoresThatNobodyNeedsHereSaySo(String theirs, String why) {
        assertThat(problemsOf(given(theirs, "x"))).containsExactly(theirs + " is not a known setting: " + why);
    }

    @Test
    void theSettingsOfAStoreThatIsNotChosenAreAWarning() {
        Settings settings = given("peer.replicas", "3");
        settings.string("store", "local");

        settings.check("session");
        assertThat(settings.warnings()).containsExactly("peer.replicas is not a known setting; it has no effect");
    }

    @Test
    void whatTheWholeJvmSetsAndNobodyHereKnowsIsAWarning() {
        Settings settings = new Settings(
                map(),
                properties("holdfast.time-out", "2s", "holdfast.redis.pool-size", "1"),
                map("HOLDFAST_TIME_OUT", "2s", "HOLDFAST_HOME", "/opt"));
        settings.duration("timeout", Duration.ofSeconds(2));

        settings.check("session");
        assertThat(settings.warnings())
                .containsExactly(
                        "system property holdfast.redis.pool-size is not a known setting; it has no effect here",
                        "system property holdfast.time-out is not a known setting; did you mean timeout?; it has no"
                                + " effect here",
                        "environment variable HOLDFAST_HOME is not a known setting; it has no effect here",
                        "environment variable HOLDFAST_TIME_OUT is not a known setting; did you mean"
                                + " HOLDFAST_TIMEOUT?; it has no effect here");
    }

    @Test
    void aSecretIsNowhereShown() {
        Settings settings = given("secret", "hush-hush", "secret2", "", "sekret", "hush-hush");
        settings.secret("secret");
        settings.secret("secret2");
        settings.string("secret", "");
        settings.problem("secret", "is too short");

        assertThatThrownBy(() -> settings.check("session"))
                .hasMessageContaining("\n  secret (init-param) is too short")
                .hasMessageContaining("\n  secret2 (init-param) is empty")
                .hasMessageContaining("\n  sekret is not a known setting; did you mean secret?")
                .hasMessageNotContaining("hush");
        assertThat(settings.summary()).isEqualTo("secret=***, secret2=***");
        assertThat(settings.toString()).doesNotContain("hush");
    }

    @ParameterizedTest
    @CsvSource({
        "redis://user:pw@cache:6379/0, redis://***@cache:6379/0",
        "redis://:pw@cache, redis://***@cache",
        "redis://:p@/?w@cache, redis://***",
        "redis://:p@/w@cache, redis://***@cache",
        "rediss://cache:6379?password=pw, rediss://cache:6379?***",
        "redis://cache?password=p@pw, redis://***",
        "redis://u:pw@cache?password=pw, redis://***@cache?***",
        "'memcached://u:pw@n1:1,u:pw@n2:2', memcached://***@n2:2",
        "redis:u:pw@cache, redis:***@cache",
        "u:pw@cache, u:***@cache",
        "//u:pw@cache, ***@cache",
        "'peer://a:7800,b:7800', 'peer://a:7800,b:7800'"
    })
    void aPasswordInAnAddressIsNowhereShown(String address, String shown) {
        Settings settings = given("store", address);
        settings.string("store", "local");
        settings.problem("store", "cannot be");

        assertThat(Settings.masked(address)).isEqualTo(shown).doesNotContain("pw");
        assertThat(problemsOf(settings)).containsExactly("store = \"" + shown + "\" (init-param) cannot be");
        assertThat(settings.summary()).isEqualTo("store=" + shown);
        assertThat(settings.toString()).doesNotContain("pw");
    }

    @Test
    void controlCharactersDoNotReachAMessage() {
        Settings settings = given("mode", "a\r\nINFO all is well\u001b[2J\u0000\u202e\u2028b", "na\nme", "x");
        settings.choice("mode", Mode.SHARED);

        List<String> problems = problemsOf(settings);
        assertThat(problems)
                .containsExactly(
                        "mode = \"a\\u000d\\u000aINFO all is well\\u001b[2J\\u0000\\u202e\\u2028b\" (init-param) can"
                                + " only be shared",
                        "na\\u000ame is not a known setting");
        assertThat(settings.summary()).doesNotContain("\n", "\u001b", "\u0000", "\u202e", "\u2028");
    }

    @Test
    void aHugeValueAndAHugeNameAreShortened() {
        String huge = "x".repeat(10_000_000);
        Settings settings = given("mode", huge, "timeout", huge, "near-cache", huge, huge, "1");
        settings.choice("mode", Mode.SHARED);
        settings.duration("timeout", Duration.ofSeconds(2));
        settings.integer("near-cache", 7, Bounds.atLeast(0));

        assertThat(problemsOf(settings))
                .hasSize(4)
                .allSatisfy(problem -> assertThat(problem).hasSizeLessThan(300).contains("… (10000000 characters)"));
        assertThat(settings.summary()).hasSizeLessThan(500);
    }

    @Test
    void shorteningLeavesNoHalfOfAPairBehind() {
        String smileys = "😀".repeat(100);

        assertThat(Settings.masked("a" + smileys).chars())
                .noneMatch(c -> Character.isSurrogate((char) c.intValue()))
                .hasSizeLessThan(600);
    }

    @Test
    void whatWasAskedForIsKnownWithItsDefaultAndRange() {
        Settings settings = given("colour", "red");
        settings.string("store", "local");
        settings.duration("timeout", Duration.ofSeconds(120), Bounds.atLeast(Duration.ofMillis(10)));
        settings.integer("near-cache", 10_000, Bounds.between(0, 1_000_000));
        settings.choice("dirty-check", Check.ALL);
        settings.secret("secret");

        assertThat(settings.knownNames())
                .containsExactlyInAnyOrder("store", "timeout", "near-cache", "dirty-check", "secret");
        assertThat(settings.known())
                .containsExactly(
                        new Settings.Setting("dirty-check", "all", "all, set-only", false),
                        new Settings.Setting("near-cache", "10000", "between 0 and 1000000", false),
                        new Settings.Setting("secret", "", "", true),
                        new Settings.Setting("store", "local", "", false),
                        new Settings.Setting("timeout", "2m", "at least 10ms", false));
    }

    @Test
    void nothingGivenMakesAShortSummary() {
        Settings settings = given();
        settings.string("store", "local");

        assertThat(settings.summary()).isEqualTo("all settings at their defaults");
    }
}
