package dev.holdfast.demo.bundles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A user with one session cookie, who asks whichever server is named. */
final class Client {
    private static final long LIMIT_MILLIS = 60_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private String cookie = "";

    /** The page, which must be answered with 200; asked again while it is answered with 503. */
    String get(int port, String path) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
        while (true) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
            if (!cookie.isEmpty()) {
                request.header("Cookie", cookie);
            }
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            if (answer.statusCode() == 503 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(200);
                continue;
            }
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            answer.headers().firstValue("Set-Cookie").ifPresent(set -> cookie = set.replaceAll(";.*", ""));
            return answer.body();
        }
    }

    /** What comes over one connection, as a proxy has it: the answer to a stranger with this cookie, then this user's. */
    String getAfterStranger(String strangersCookie, int port, String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout((int) LIMIT_MILLIS);
            String requests = "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + strangersCookie + "\r\n\r\nGET " + path
                    + " HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
