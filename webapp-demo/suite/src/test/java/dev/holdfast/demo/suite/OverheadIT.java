package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/**
 * What the filter costs a request that does not use its session, and a file of 1 MB with and without {@code ignore}: against
 * the same application without the filter in the same JVM, in rounds taken in turn. Prints medians of the ratios; fails only
 * where an answer differs, sendfile is lost although it should not be, or the cost is out of all proportion.
 */
@EveryContainer
@Tag("beyond")
class OverheadIT {

    private static final int SIZE = 1 << 20;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static @Nullable NodeProcess node;

    private final Cell cell;

    OverheadIT(Cell cell) {
        this.cell = cell;
    }

    @BeforeParameterizedClassInvocation
    static void start(Cell cell) throws IOException {
        Path war = warWithFiles();
        NodeOptions options = NodeOptions.named(cell.container().id() + "-overhead")
                .directory(Cell.NODES)
                .webapp("/plain", war)
                .withoutFilter("/plain")
                .webapp("/app", war)
                // no holdfast.store: by that the initializer would put the filter into the plain application too
                .property("holdfast.ignore", "/control/*,/ignored/*");
        node = NodeProcess.launch(cell.container(), options).awaitReady();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (node != null) {
            node.stop();
        }
    }

    private static Path warWithFiles() throws IOException {
        Files.createDirectories(Cell.NODES);
        Path war = Cell.NODES.resolve("overhead.war");
        Files.copy(Cell.WAR, war, StandardCopyOption.REPLACE_EXISTING);
        byte[] content = new byte[SIZE];
        new Random(1).nextBytes(content);
        try (FileSystem files = FileSystems.newFileSystem(war)) {
            for (String directory : List.of("files", "ignored")) {
                Files.createDirectories(files.getPath("/" + directory));
                Files.write(files.getPath("/" + directory, "big.bin"), content);
            }
        }
        return war;
    }

    @Test
    void servletThatUsesNoSession() {
        Map<String, Double> ratios = ratios(List.of("/plain/do?op=quiet", "/app/do?op=quiet"), 300, 15);
        print("servlet without session", ratios);
        assertThat(ratios.get("/app/do?op=quiet")).isLessThan(10.0);
    }

    @Test
    void fileOfOneMegabyte() {
        Map<String, Double> ratios =
                ratios(List.of("/plain/files/big.bin", "/app/files/big.bin", "/app/ignored/big.bin"), 20, 15);
        print("file of 1 MB", ratios);
        assertThat(ratios.get("/app/ignored/big.bin")).isLessThan(10.0);
        assertThat(ratios.get("/app/files/big.bin")).isLessThan(20.0);
    }

    @Test
    void onlyOneOfTheTwoApplicationsHasTheFilter() {
        assertThat(text("/plain/do?op=chain")).doesNotContain("SessionRequest");
        assertThat(text("/app/do?op=chain")).contains("SessionRequest");
    }

    @Test
    void ignoredFileIsSentAsWithoutTheFilter() {
        get("/plain/files/big.bin");
        get("/app/files/big.bin");
        HttpResponse<byte[]> ignored = get("/app/ignored/big.bin");
        HttpResponse<byte[]> plain = get("/plain/ignored/big.bin");
        assertThat(ignored.body()).isEqualTo(plain.body());
        assertThat(ignored.headers().firstValue("Content-Length")).hasValue("" + SIZE);
        assertThat(get("/app/files/big.bin").body()).isEqualTo(plain.body());
        if (cell.container().id().startsWith("tomcat")) {
            assertThat(text("/app/control/events?of=sendfile"))
                    .contains("sendfile /app true")
                    .contains("sendfile /app false");
            assertThat(text("/plain/control/events?of=sendfile"))
                    .contains("sendfile /plain true")
                    .doesNotContain("sendfile /plain false");
        }
    }

    /** The median over the rounds of each path's time, as a multiple of the first path's in the same round. */
    private static Map<String, Double> ratios(List<String> paths, int requests, int rounds) {
        paths.forEach(path -> time(path, requests));
        Map<String, List<Double>> all = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            List<String> inTurn = new ArrayList<>(paths);
            Collections.rotate(inTurn, round);
            Map<String, Long> times = new LinkedHashMap<>();
            inTurn.forEach(path -> times.put(path, time(path, requests)));
            double first = times.get(paths.get(0));
            times.forEach((path, nanos) ->
                    all.computeIfAbsent(path, each -> new ArrayList<>()).add(nanos / first));
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        paths.forEach(path -> {
            double[] sorted = all.get(path).stream()
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            medians.put(path, sorted[sorted.length / 2]);
        });
        return medians;
    }

    private static long time(String path, int requests) {
        long[] nanos = new long[requests];
        for (int i = 0; i < requests; i++) {
            long start = System.nanoTime();
            get(path);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[requests / 2];
    }

    private static String text(String path) {
        return new String(get(path).body(), StandardCharsets.UTF_8);
    }

    private static HttpResponse<byte[]> get(String path) {
        if (node == null) {
            throw new IllegalStateException("not started");
        }
        try {
            HttpResponse<byte[]> answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void print(String what, Map<String, Double> ratios) {
        ratios.forEach((path, ratio) -> System.out.printf(
                Locale.ROOT, "overhead %s: %s, %s: %.2f%n", cell.container().id(), what, path, ratio));
    }
}
