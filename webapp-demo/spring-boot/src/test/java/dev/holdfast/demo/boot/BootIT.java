package dev.holdfast.demo.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisServer;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of the application with one Redis, of which one is killed. */
class BootIT {
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
    private static final long START_MILLIS = 300_000;

    @TempDir
    Path directory;

    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    @Test
    void theBasketSurvivesTheDeathOfItsServer() throws Exception {
        try (RedisServer redis = RedisServer.start();
                Application one = Application.start(directory.resolve("one.log"), redis.uri());
                Application two = Application.start(directory.resolve("two.log"), redis.uri())) {
            assertThat(add(one, "rope")).isEqualTo("rope");
            assertThat(add(two, "anchor")).isEqualTo("rope, anchor");

            one.close();

            assertThat(add(two, "tea")).isEqualTo("rope, anchor, tea");
            assertThat(two.log()).contains("session filter 'session' ready");
        }
    }

    private String add(Application application, String thing) throws IOException, InterruptedException {
        URI page = URI.create("http://localhost:" + application.port() + "/basket?thing=" + thing);
        HttpResponse<String> answer = browser.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** A process of its own. It ends with this JVM at the latest. */
    private record Application(Process process, Path logFile, int port) implements AutoCloseable {

        static Application start(Path logFile, String store) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BootApplication.class.getName(),
                            "--server.port=0",
                            "--server.address=127.0.0.1",
                            "--sessions.store=" + store)
                    .redirectErrorStream(true)
                    .redirectOutput(logFile.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
            while (process.isAlive() && System.nanoTime() < deadline) {
                Matcher started = STARTED.matcher(Files.readString(logFile));
                if (started.find()) {
                    return new Application(process, logFile, Integer.parseInt(started.group(1)));
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
            process.destroyForcibly();
            throw new IllegalStateException("it did not start:\n" + Files.readString(logFile));
        }

        String log() throws IOException {
            return Files.readString(logFile);
        }

        /** SIGKILL. */
        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
