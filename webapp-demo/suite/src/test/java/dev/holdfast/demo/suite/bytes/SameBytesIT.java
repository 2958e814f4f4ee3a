package dev.holdfast.demo.suite.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same requests to a node with the filter and to one without. */
@ParameterizedClass
@EnumSource
@TestInstance(Lifecycle.PER_CLASS)
class SameBytesIT {

    private static final Path WAR = Path.of("../testapp/target/testapp.war");

    private static final String JSP = "/app/bytes/page.jsp";

    @Parameter
    private Container kind;

    private NodeProcess plain;
    private NodeProcess filtered;
    private List<String> names;

    @BeforeParameterizedClassInvocation
    void startNodes(Container container) throws IOException {
        NodeOptions options = NodeOptions.named("bytes-plain-" + container.id())
                .webapp("/app", WAR)
                .http2()
                .gzip();
        NodeOptions withFilter = options.copy("bytes-filter-" + container.id())
                .property("holdfast.store", "local")
                .property("holdfast.ignore", "/control/*,/ignored/*,/bytes/small.txt");
        var first = NodeProcess.launch(container, options.withoutFilter("/app"));
        var second = NodeProcess.launch(container, withFilter);
        plain = first.awaitReady();
        filtered = second.awaitReady();
        names = List.of(RawAnswer.to(plain.port(), "GET", "/app/answers/list-please")
                .body()
                .replaceAll("[\\r\\n]", "")
                .split(","));
        names = names.stream()
                .map(name -> name.replaceFirst("^[0-9A-F]+(?=stream-0$)", ""))
                .toList();
        assertThat(names).hasSizeGreaterThan(80);
    }

    @AfterParameterizedClassInvocation
    void stopNodes() {
        plain.close();
        filtered.close();
    }

    private void compare(String method, String path, String... headers) throws IOException {
        differences(method, List.of(path), headers);
    }

    /** All at once, so that a failure names every answer that differs. */
    private void differences(String method, List<String> paths, String... headers) throws IOException {
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> actual = new TreeMap<>();
        for (String path : paths) {
            expected.put(path, RawAnswer.to(plain.port(), method, path, headers).comparable());
            actual.put(
                    path, RawAnswer.to(filtered.port(), method, path, headers).comparable());
        }
        List<String> differing = expected.keySet().stream()
                .filter(path -> !expected.get(path).equals(actual.get(path)))
                .toList();
        List<String> shown = new ArrayList<>();
        for (String path : differing) {
            shown.add(path + "\n  without: " + shorten(expected.get(path), actual.get(path)) + "\n  with:    "
                    + shorten(actual.get(path), expected.get(path)));
        }
        assertThat(shown).as(method + " of " + paths.size() + " answers").isEmpty();
    }

    private static String shorten(String text, String other) {
        int same = 0;
        while (same < text.length() && same < other.length() && text.charAt(same) == other.charAt(same)) {
            same++;
        }
        String from = text.substring(Math.max(0, same - 60), Math.min(text.length(), same + 160));
        return text.length() + " bytes, differs at " + same + ": …"
                + from.replace("\r", "\\r").replace("\n", "\\n");
    }

    private List<String> all(String query) {
        return names.stream().map(name -> "/app/answers/" + name + query).toList();
    }

    @Test
    void answersThatDoNotUseTheSession() throws IOException {
        differences("GET", all(""));
    }

    @Test
    void answersThatUseTheSession() throws IOException {
        differences("GET", all("?session=true"));
    }

    @Test
    void headRequests() throws IOException {
        differences("HEAD", all("?session=true"));
    }

    @Test
    void compressedAnswers() throws IOException {
        differences("GET", all("?session=true"), "Accept-Encoding: gzip");
    }

    @Test
    void postRequests() throws IOException {
        differences("POST", all(""), "Content-Length: 0");
    }

    @Test
    void ignoredRequests() throws IOException {
        differences(
                "GET",
                names.stream().map(name -> "/app/ignored/answers/" + name).toList());
    }

    @Test
    void pages() throws IOException {
        differences(
                "GET", List.of(JSP, "/app/bytes/unbuffered.jsp", "/app/bytes/including.jsp", "/app/bytes/none.jsp"));
        differences("HEAD", List.of(JSP, "/app/bytes/unbuffered.jsp", "/app/bytes/including.jsp"));
        compare("GET", JSP, "Accept-Encoding: gzip");
    }

    @Test
    void staticFilesThatAreIgnored() throws IOException {
        compare("GET", "/app/bytes/small.txt");
        compare("HEAD", "/app/bytes/small.txt");
        compare("GET", "/app/bytes/small.txt", "Range: bytes=100-199");
        compare("GET", "/app/bytes/small.txt", "Accept-Encoding: gzip");
    }

    /** A wrapped response keeps containers from some short cuts; what the client gets of the file is the same. */
    @Test
    void staticFilesThatAreNotIgnored() throws IOException {
        for (String range : List.of("bytes=0-", "bytes=100-199", "bytes=-50", "bytes=0-10,20-30", "bytes=99999999-")) {
            RawAnswer without = RawAnswer.to(plain.port(), "GET", "/app/bytes/page-source.txt", "Range: " + range);
            RawAnswer with = RawAnswer.to(filtered.port(), "GET", "/app/bytes/page-source.txt", "Range: " + range);
            assertThat(with.status()).as(range).isEqualTo(without.status());
            assertThat(with.header("Content-Range")).as(range).isEqualTo(without.header("Content-Range"));
        }
    }

    @Test
    void missingFiles() throws IOException {
        compare("GET", "/app/nothing-here");
        compare("HEAD", "/app/nothing-here");
    }

    @Test
    void overHttp2() throws Exception {
        OverHttp2 toPlain = new OverHttp2(plain);
        OverHttp2 toFiltered = new OverHttp2(filtered);
        List<String> differing = new ArrayList<>();
        for (String path : all("?session=true")) {
            String without = toPlain.answer(() -> toPlain.get(path, answer -> comparable(answer, plain)));
            String with = toFiltered.answer(() -> toFiltered.get(path, answer -> comparable(answer, filtered)));
            if (!with.equals(without)) {
                differing.add(
                        path + "\n  without: " + shorten(without, with) + "\n  with:    " + shorten(with, without));
            }
        }
        assertThat(differing).isEmpty();
    }

    private static String comparable(HttpResponse<String> answer, NodeProcess node) {
        return " " + comparable(answer.statusCode(), answer.headers(), node) + " "
                + RawAnswer.withoutTraces(answer.body()).replace(":" + node.port(), ":port");
    }

    private static Map<String, List<String>> comparable(int status, HttpHeaders headers, NodeProcess node) {
        Map<String, List<String>> comparable = new TreeMap<>();
        headers.map().forEach((name, values) -> {
            if (!RawAnswer.DIFFERING.contains(name) && !(status == 500 && name.equals("content-length"))) {
                comparable.put(
                        name,
                        values.stream()
                                .map(value -> value.replace(":" + node.port(), ":port"))
                                .toList());
            }
        });
        return comparable;
    }
}
