package dev.holdfast.demo.suite.bytes;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One node, asked over one HTTP/2 connection by one thread.
 *
 * <p>Jetty 12.1.12 now and then resets the stream of a request to which it should send an error page of its own. The
 * ErrorHandler of ee10 and ee11 writes the page as the last of the answer and, without waiting for that, writes the last of
 * the answer once more. The first write is not over if another thread has to flush it, one that has sent what came before on
 * the connection and has not left its flusher yet; then the second one fails with a WritePendingException, for which Jetty
 * cancels the stream. With the filter and without it that met between one in 10 000 and, with both cores busy, one in five
 * of the error pages that were asked for one after the other; never what an application had written, never Tomcat. The
 * longer the application has computed before the page, the more often: 150 µs made it 1.8 times as many without the filter,
 * and so did what the filter does for a session. After one reset the next is likely, up to eight in a row, unless the
 * flusher is given time: after the pause below the same was never reset again.
 *
 * <p>So there is a small number of resets after which the same is asked again, on the same connection. A node that resets
 * always, or often, uses them up; and no reset passes if the answer had begun, or is no error page in the end.
 */
final class OverHttp2 {

    /** How an answer begins, as this class gives it, that was broken off when the client had its head. */
    static final String BROKEN_OFF = "broken off: ";

    static final String RESET = "broken: java.io.IOException: Received RST_STREAM: Stream cancelled";

    /** There were at most three in a test's hundred answers. */
    private static final int RESETS = 10;

    /** For a thread to get a core and leave the flusher. */
    private static final long PAUSE_MILLIS = 100;

    /** One request, and what came of it. */
    interface Attempt {
        String got() throws Exception;
    }

    /** How an answer is to be written down that came to its end. */
    interface Form {
        String of(HttpResponse<String> answer);
    }

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .connectTimeout(Duration.ofSeconds(60))
            .build();
    private final int port;
    private int resetsLeft;

    OverHttp2(NodeProcess node) {
        this(node.container(), node.port());
    }

    OverHttp2(Container container, int port) {
        this.port = port;
        this.resetsLeft = container.isJetty() ? RESETS : 0;
    }

    /** Attempts it until it is not such a reset, or there have been too many. */
    String answer(Attempt attempt) throws Exception {
        String got = attempt.got();
        boolean wasReset = false;
        while (got.equals(RESET) && resetsLeft > 0) {
            wasReset = true;
            resetsLeft--;
            Thread.sleep(PAUSE_MILLIS);
            got = attempt.got();
        }
        boolean expected = got.equals(RESET) || got.startsWith("HTTP_2 4") || got.startsWith("HTTP_2 5");
        return wasReset && !expected ? "after a reset: " + got : got;
    }

    /** One request: version, status and what the form adds, or how the answer was broken. */
    String get(String path, Form form, String... headers) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        AtomicBoolean begun = new AtomicBoolean();
        BodyHandler<String> body = head -> {
            begun.set(true);
            return BodySubscribers.ofString(StandardCharsets.UTF_8);
        };
        try {
            HttpResponse<String> answer = client.send(request.build(), body);
            return answer.version() + " " + answer.statusCode() + form.of(answer);
        } catch (IOException e) {
            return (begun.get() ? BROKEN_OFF : "broken: ") + e;
        }
    }
}
