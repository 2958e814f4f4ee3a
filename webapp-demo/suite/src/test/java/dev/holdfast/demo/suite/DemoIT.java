package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo command as people call it, but for the build, which has been done. */
class DemoIT {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern NODE = Pattern.compile("port +[0-9]+ +pid +([0-9]+) +log (\\S+)");
    private static final Pattern OPEN = Pattern.compile("Open (http://\\S+/)\n");
    private static final Pattern KEPT = Pattern.compile("(?m)^The nodes' logs are kept in (\\S+)$");
    private static final Pattern START_REDIS =
            Pattern.compile("redis \\(pid [0-9]+\\) has died.*redis-server (\\S+)\n");
    private static final Pattern SESSION = Pattern.compile("<dd class=\"id\">([^<]+)</dd>");
    private static final boolean ALL = System.getProperty("holdfast.suite", "").equals("all");
    private static final int LIMIT_MINUTES = 8;

    @TempDir
    Path directory;

    @Test
    void nothingIsLostWhenANodeIsKilledWhileUsersClick() throws Exception {
        Ended demo = ALL ? run("--selftest") : run("--selftest", "--users", "10", "--clicks", "60");

        assertThat(demo.output())
                .contains("Nothing was lost.")
                .contains("kill -9")
                .contains("is back");
        assertThat(demo.status()).as(demo.output()).isZero();
    }

    @Test
    void nothingIsLostOnOtherServersEither() throws Exception {
        Ended demo = run("--selftest", "--nodes", "jetty-ee11,tomcat11,tomcat11", "--users", "6", "--clicks", clicks());

        assertThat(demo.status()).as(demo.output()).isZero();
    }

    @Test
    void nothingIsLostWithRedisEither() throws Exception {
        String nodes = ALL ? "tomcat10,tomcat11,jetty-ee10,jetty-ee11" : "jetty-ee11,tomcat10,jetty-ee10";
        Ended demo = run("--selftest", "--store", "redis", "--nodes", nodes, "--users", "6", "--clicks", clicks());

        assertThat(demo.output()).contains("store redis, a server of the demo's own");
        assertThat(demo.status()).as(demo.output()).isZero();
    }

    @Test
    void nothingIsLostWithMemcachedEither() throws Exception {
        String nodes = ALL ? "tomcat10,tomcat11,jetty-ee10,jetty-ee11" : "tomcat11,jetty-ee10,tomcat10";
        Ended demo = run("--selftest", "--store", "memcached", "--nodes", nodes, "--users", "6", "--clicks", clicks());

        assertThat(demo.output()).contains("store memcached, two servers of the demo's own");
        assertThat(demo.status()).as(demo.output()).isZero();
    }

    @Test
    void theSelftestNoticesNodesThatShareNothing() throws Exception {
        Ended demo = run("--selftest", "--store", "local", "--no-kill", "--users", "4", "--clicks", "30");

        assertThat(demo.status()).as(demo.output()).isEqualTo(1);
        assertThat(demo.output()).contains("FAILED");
        assertThat(demo.count("sessions lost")).as(demo.output()).isPositive();
        assertThat(demo.count("acknowledged writes lost")).as(demo.output()).isPositive();
        Matcher kept = KEPT.matcher(demo.output());
        assertThat(kept.find()).as(demo.output()).isTrue();
        assertThat(Path.of(kept.group(1))).isDirectoryContaining("glob:**/tomcat10.log");
    }

    @Test
    void theSelftestNoticesAWriteLostWithItsNode() throws Exception {
        Ended demo = run("--selftest", "--store", "local", "--nodes", "tomcat11", "--users", "8", "--clicks", "30");

        assertThat(demo.status()).as(demo.output()).isEqualTo(1);
        assertThat(demo.count("sessions lost")).as(demo.output()).isPositive();
    }

    @Test
    void theSelftestFindsNothingWrongWithOneServerThatLives() throws Exception {
        Ended demo = run(
                "--selftest", "--no-filter", "--no-kill", "--nodes", "jetty-ee10", "--users", "4", "--clicks", "50");

        // its sessions are the server's own, and that is all
        assertThat(demo.status()).as(demo.output()).isEqualTo(1);
        assertThat(demo.count("sessions that servers made on their own"))
                .as(demo.output())
                .isPositive();
        for (String finding : List.of(
                "acknowledged writes lost",
                "sessions lost",
                "ids changed without a login",
                "logins lost",
                "ended ids that still answered",
                "writes that nobody made, or undone removals",
                "session cookies of a second name",
                "listener events missing",
                "listener events duplicate",
                "errors that are no 502, 503 or 504",
                "visitors that did not finish")) {
            assertThat(demo.count(finding))
                    .as(finding + " in\n" + demo.output())
                    .isZero();
        }
    }

    @Test
    void neitherNodeNorRedisOutlivesADemoThatWasKilled() throws Exception {
        Running demo = start();

        demo.process().destroyForcibly();

        demo.assertThatAllEnd();
    }

    @Test
    void aDemoThatIsToldToEndTakesItsNodesItsRedisAndFilesAlong() throws Exception {
        Running demo = start();

        demo.process().destroy();

        assertThat(demo.process().waitFor(3, TimeUnit.MINUTES)).isTrue();
        demo.assertThatAllEnd();
        assertThat(demo.files()).doesNotExist();
    }

    @Test
    void redisThatIsKilledAndStartedAgainHasLostNothing() throws Exception {
        Running demo = start();
        Process again = null;
        try {
            HttpClient browser =
                    HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
            URI page = URI.create(demo.awaited(OPEN) + "session.jsp");
            String id = sessionShown(browser, page);
            ProcessHandle redis = demo.started().get(2);

            redis.destroyForcibly();
            redis.onExit().get(3, TimeUnit.MINUTES);
            again = new ProcessBuilder("redis-server", demo.awaited(START_REDIS))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("again.log").toFile())
                    .start();

            assertThat(sessionShown(browser, page)).isEqualTo(id);
        } finally {
            demo.process().destroy();
            if (again != null) {
                again.destroyForcibly();
            }
            assertThat(demo.process().waitFor(3, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void aPortThatIsTakenIsNamedBeforeAnythingStarts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended demo = run("--port", String.valueOf(taken.getLocalPort()));

            assertThat(demo.status()).isEqualTo(1);
            assertThat(demo.output())
                    .contains("port " + taken.getLocalPort() + " is in use")
                    .contains("--port")
                    .doesNotContain("pid");
        }
    }

    @Test
    void wrongOptionsAreNamed() throws Exception {
        Ended unknown = run("--stroe", "peer");
        Ended wrong = run("--nodes", "tomcat9");

        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.output()).contains("--stroe");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.output()).contains("tomcat9").contains("tomcat10, tomcat11, jetty-ee10, jetty-ee11");
    }

    /** The id on the page, once it is answered with one. */
    private static String sessionShown(HttpClient browser, URI page) throws Exception {
        String[] id = new String[1];
        Control.await("a page with a session", () -> {
            Matcher shown = SESSION.matcher(text(browser, page));
            if (shown.find()) {
                id[0] = shown.group(1);
            }
            return id[0] != null;
        });
        return id[0];
    }

    private static String text(HttpClient browser, URI page) {
        try {
            return browser.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String clicks() {
        return ALL ? "200" : "40";
    }

    /** A command that has ended, with all that it wrote. */
    private record Ended(int status, String output) {

        /** A row of the table. */
        int count(String row) {
            Matcher matcher = Pattern.compile("(?m)^ *" + Pattern.quote(row) + " +([0-9,]+)$")
                    .matcher(output);
            assertThat(matcher.find()).as("a row '" + row + "' in\n" + output).isTrue();
            return Integer.parseInt(matcher.group(1).replace(",", ""));
        }
    }

    /**
     * A demo that is up.
     *
     * @param started its two nodes and its Redis
     * @param files the directory of all that it writes
     */
    private record Running(Process process, Path log, List<ProcessHandle> started, Path files) {

        void assertThatAllEnd() throws Exception {
            for (ProcessHandle each : started) {
                each.onExit().get(3, TimeUnit.MINUTES);
            }
        }

        /** The first group of what the demo will have written. */
        String awaited(Pattern line) {
            String[] found = new String[1];
            Control.await(line + " in the demo's output", () -> {
                try {
                    Matcher matcher = line.matcher(Files.readString(log));
                    if (matcher.find()) {
                        found[0] = matcher.group(1);
                    }
                    return found[0] != null;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            return found[0];
        }
    }

    private Ended run(String... options) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "demo", ".out");
        Process process = launch(output, options);
        boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.destroy();
        }
        assertThat(ended).as("it ends\n" + Files.readString(output)).isTrue();
        return new Ended(process.exitValue(), Files.readString(output));
    }

    private Running start() throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "demo", ".out");
        Process process = launch(output, "--port", "0", "--nodes", "tomcat10,jetty-ee11", "--store", "redis");
        String text = "";
        while (!text.contains("Ctrl-C ends all")) {
            assertThat(process.isAlive()).as(text).isTrue();
            TimeUnit.MILLISECONDS.sleep(50);
            text = Files.readString(output);
        }
        List<ProcessHandle> started = new ArrayList<>();
        Path files = directory;
        Matcher node = NODE.matcher(text);
        while (node.find()) {
            started.add(ProcessHandle.of(Long.parseLong(node.group(1))).orElseThrow());
            files = Path.of(node.group(2)).resolveSibling(".").normalize();
        }
        assertThat(started).as(text).hasSize(3);
        return new Running(process, output, started, files);
    }

    private Process launch(Path output, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("bin/demo").toString(), "--no-build"));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // what is kept of those that have to fail goes with this test
        builder.environment().put("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + directory);
        return builder.start();
    }
}
