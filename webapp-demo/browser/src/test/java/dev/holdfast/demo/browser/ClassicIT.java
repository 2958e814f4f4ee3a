package dev.holdfast.demo.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people have always done to see whether sessions are safe: a real balancer, two Tomcats, and a page that says which of them answers. */
class ClassicIT {
    private static final boolean ALL = System.getProperty("holdfast.suite", "").equals("all");
    private static final Pattern SERVER = Pattern.compile("<h1>.*This is (tomcat[AB])</h1>");
    private static final Pattern ID = Pattern.compile("<dt>Session ID</dt><dd class=\"id\">([^<]+)</dd>");
    private static final Pattern CREATED = Pattern.compile("<dt>Created on</dt><dd>([^<]+)</dd>");

    @TempDir
    Path directory;

    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    @Test
    void theSessionIsStillThere() throws Exception {
        DemoCommand demo = DemoCommand.start(directory.resolve("demo.log"), "--store", "memcached", "--lb", "nginx");
        try (demo) {
            String first = open(demo, "test.jsp");
            Set<String> servers = new TreeSet<>(Set.of(group(SERVER, first)));
            for (int i = 0; i < 3; i++) {
                String again = open(demo, "test.jsp");
                assertThat(group(ID, again)).isEqualTo(group(ID, first));
                assertThat(group(CREATED, again)).isEqualTo(group(CREATED, first));
                servers.add(group(SERVER, again));
            }
            assertThat(servers).containsExactly("tomcatA", "tomcatB");
            put(demo, "fruit", "sea buckthorn");

            demo.kill("tomcatA");
            demo.kill("n1");
            for (int i = 0; i < 4; i++) {
                String after = open(demo, "test.jsp");
                assertThat(group(SERVER, after)).isEqualTo("tomcatB");
                assertThat(group(ID, after)).isEqualTo(group(ID, first));
                assertThat(after).contains("<dt>fruit</dt><dd>sea buckthorn</dd>");
            }
            demo.pause("n2");
        }
        // killed ones, a paused one, and those that ran
        demo.assertThatNothingIsLeft();
    }

    static Stream<String[]> selftests() {
        Stream<String[]> always = Stream.of(new String[] {"memcached", "nginx"}, new String[] {"peer", "haproxy"});
        Stream<String[]> others = Stream.of(
                new String[] {"memcached", "haproxy"},
                new String[] {"peer", "nginx"},
                new String[] {"redis", "nginx"},
                new String[] {"redis", "haproxy"});
        return ALL ? Stream.concat(always, others) : always;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("selftests")
    void nothingIsLostBehindARealBalancer(String store, String balancer) throws Exception {
        DemoCommand.Ended demo = DemoCommand.run(
                directory.resolve("demo.log"),
                "--selftest",
                "--store",
                store,
                "--lb",
                balancer,
                "--users",
                "6",
                "--clicks",
                ALL ? "200" : "30");

        assertThat(demo.output()).contains("  | ").contains("Nothing was lost.").contains("kill -9");
        assertThat(demo.status()).as(demo.output()).isZero();
    }

    @Test
    void anotherSerializerIsASettingAway() throws Exception {
        DemoCommand.Ended demo = DemoCommand.run(
                directory.resolve("demo.log"),
                "--selftest",
                "--serializer",
                "kryo",
                "--store",
                "redis",
                "--nodes",
                "tomcat11,jetty-ee11",
                "--users",
                "4",
                "--clicks",
                "30");

        assertThat(demo.status()).as(demo.output()).isZero();
    }

    private String open(DemoCommand demo, String page) throws IOException, InterruptedException {
        return text(HttpRequest.newBuilder(demo.site().resolve(page)).build());
    }

    private void put(DemoCommand demo, String name, String value) throws IOException, InterruptedException {
        URI page = demo.site().resolve("test.jsp");
        text(HttpRequest.newBuilder(page)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("dataName=" + name + "&dataValue=" + value.replace(" ", "+")))
                .build());
    }

    private String text(HttpRequest request) throws IOException, InterruptedException {
        var answer = browser.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(pattern + " in\n" + text).isTrue();
        return matcher.group(1);
    }
}
