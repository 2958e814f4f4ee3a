package dev.holdfast.demo.launcher.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sent twice, and what never is: the first node misbehaves, the second is well. */
class BalancerIT {
    private static final String WELL =
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nwell";
    private static final String UNAVAILABLE =
            "HTTP/1.1 503 Unavailable\r\n%sSet-Cookie: no=1\r\nContent-Length: 3\r\n\r\nbad";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScriptedNode well = ScriptedNode.answering(WELL);
    private ScriptedNode first;
    private Balancer balancer;

    @AfterEach
    void close() throws Exception {
        if (balancer != null) {
            balancer.close();
        }
        if (first != null) {
            first.close();
        }
        well.close();
    }

    @Test
    void answersAreThoseOfTheNodesInTurnWithTheirName() throws Exception {
        start(ScriptedNode.answering(WELL));

        HttpResponse<String> one = get();
        HttpResponse<String> two = get();

        assertThat(one.body()).isEqualTo("well");
        assertThat(one.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2");
        assertThat(List.of(nodeOf(one), nodeOf(two))).containsExactly("first", "second");
        assertThat(balancer.counts()).isEqualTo(new BalancerCounts(2, 0, 0, 0, 0));
    }

    @Test
    void aPostThatFoundNobodyListeningGoesToTheNextNode() throws Exception {
        startWithNobodyFirst();

        HttpResponse<String> answer = post("n=1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(nodeOf(answer)).isEqualTo("second");
        assertThat(well.requests())
                .singleElement()
                .asString()
                .startsWith("POST /page HTTP/1.1")
                .endsWith("n=1");
        assertThat(balancer.counts()).isEqualTo(new BalancerCounts(1, 1, 0, 0, 0));
    }

    @Test
    void aPostThatANodeTookAndBrokeOffIsNotRepeated() throws Exception {
        start(ScriptedNode.answering(""));

        assertThat(post("n=1").statusCode()).isEqualTo(502);

        assertThat(first.requests()).hasSize(1);
        assertThat(well.requests()).isEmpty();
    }

    @Test
    void aReadThatANodeBrokeOffGoesToTheNextNode() throws Exception {
        start(ScriptedNode.answering(""));

        assertThat(get().body()).isEqualTo("well");
        assertThat(balancer.counts().retriedBroken()).isEqualTo(1);
    }

    @Test
    void aReadThatIsBrokenOffAfterTheHeadersGoesToTheNextNodeAndShowsNothingOfTheFirst() throws Exception {
        start(ScriptedNode.answering("HTTP/1.1 201 OK\r\nContent-Length: 9\r\nX-First: 1\r\n\r\n"));

        HttpResponse<String> answer = get();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("well");
        assertThat(answer.headers().firstValue("X-First")).isEmpty();
    }

    @Test
    void anAnswerThatBreaksOffInItsBodyReachesTheClientBroken() throws Exception {
        start(ScriptedNode.answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));

        assertThatThrownBy(this::get).isInstanceOf(IOException.class);
        assertThat(well.requests()).isEmpty();
    }

    @Test
    void aChangeThatWasAnsweredWith503IsPassedOnAsItMayHaveBeenMade() throws Exception {
        start(ScriptedNode.answering(UNAVAILABLE.formatted("Retry-After: 1\r\n")));

        HttpResponse<String> answer = post("n=1");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("bad");
        assertThat(well.requests()).isEmpty();
    }

    @Test
    void aReadThatWasAnsweredWith503AndRetryAfterGoesToTheNextNode() throws Exception {
        start(ScriptedNode.answering(UNAVAILABLE.formatted("Retry-After: 1\r\n")));

        HttpResponse<String> answer = get();

        assertThat(answer.body()).isEqualTo("well");
        assertThat(answer.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2");
        assertThat(balancer.counts().retriedUnavailable()).isEqualTo(1);
    }

    @Test
    void a503WithoutRetryAfterIsTheAnswer() throws Exception {
        start(ScriptedNode.answering(UNAVAILABLE.formatted("")));

        assertThat(get().statusCode()).isEqualTo(503);
        assertThat(well.requests()).isEmpty();
    }

    @Test
    void the503OfTheLastNodeIsPassedOn() throws Exception {
        ScriptedNode bad = ScriptedNode.answering(UNAVAILABLE.formatted("Retry-After: 7\r\n"));
        first = bad;
        balancer = Balancer.start("127.0.0.1", 0, List.of(new Upstream("only", "127.0.0.1", bad.port())));

        HttpResponse<String> answer = get();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    void withoutAnyNodeTheAnswerIs503() throws Exception {
        balancer = Balancer.start("127.0.0.1", 0, List.of(new Upstream("gone", "127.0.0.1", portOfNobody())));

        HttpResponse<String> answer = post("n=1");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.headers().firstValue(Balancer.NODE_HEADER)).isEmpty();
    }

    private void start(ScriptedNode misbehaving) throws Exception {
        first = misbehaving;
        startWith(misbehaving.port());
    }

    private void startWithNobodyFirst() throws Exception {
        startWith(portOfNobody());
    }

    private void startWith(int port) throws Exception {
        balancer = Balancer.start(
                "127.0.0.1",
                0,
                List.of(new Upstream("first", "127.0.0.1", port), new Upstream("second", "127.0.0.1", well.port())));
    }

    private static int portOfNobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private HttpResponse<String> get() throws Exception {
        return client.send(request().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body) throws Exception {
        return client.send(
                request().POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.port() + "/page"));
    }

    private static String nodeOf(HttpResponse<String> answer) {
        return answer.headers().firstValue(Balancer.NODE_HEADER).orElse("");
    }
}
