package dev.holdfast.demo.suite.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A change that is not saved is never acknowledged: the client gets 503, or an answer that it can see is broken. */
@ParameterizedClass
@EnumSource
@TestInstance(Lifecycle.PER_CLASS)
class UnsavedIT {

    private static final Path WAR = Path.of("../testapp/target/testapp.war");

    @Parameter
    private Container kind;

    private NodeProcess node;
    private List<String> names;

    @BeforeParameterizedClassInvocation
    void startNode(Container container) throws IOException {
        node = NodeProcess.start(
                container,
                NodeOptions.named("unsaved-" + container.id())
                        .webapp("/app", WAR)
                        .http2()
                        .property("holdfast.store", "breakable")
                        .property("holdfast.ignore", "/control/*,/ignored/*"));
        names = List.of(repair().split(","));
        assertThat(names).hasSizeGreaterThan(25);
    }

    @AfterParameterizedClassInvocation
    void stopNode() {
        node.close();
    }

    private String repair() throws IOException {
        String answer = RawAnswer.to(node.port(), "GET", "/app/ignored/repair").body();
        return answer.replaceFirst("^[0-9a-fA-F]+\r\n", "").lines().findFirst().orElse("");
    }

    private String newSession() throws IOException {
        String cookie = RawAnswer.to(node.port(), "GET", "/app/broken/set").header("Set-Cookie");
        return cookie.substring(0, cookie.indexOf(';'));
    }

    /** The session is as it was before the request that failed. */
    private String wrongAfterRepair(String cookie) throws IOException {
        repair();
        RawAnswer answer = RawAnswer.to(node.port(), "GET", "/app/broken/get", "Cookie: " + cookie);
        return answer.status() == 200 && answer.body().contains("n=saved")
                ? ""
                : "afterwards " + answer.status() + " " + answer.body();
    }

    @Test
    void nothingIsAcknowledgedBeforeTheFirstByte() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String name : names) {
            if (!name.startsWith("late")) {
                String cookie = newSession();
                RawAnswer answer = RawAnswer.to(node.port(), "GET", "/app/broken/" + name, "Cookie: " + cookie);
                String after = wrongAfterRepair(cookie);
                boolean right = answer.status() == 503
                        && answer.header("Retry-After") != null
                        && answer.header("Set-Cookie") == null
                        && answer.header("X-Lie") == null
                        && !answer.body().contains("all is well")
                        && answer.isWhole()
                        && after.isEmpty();
                if (!right) {
                    wrong.add(name + ": " + answer + " " + after);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void anAnswerThatHasBegunIsBrokenOff() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String name : names) {
            if (name.startsWith("late")) {
                String cookie = newSession();
                RawAnswer answer = RawAnswer.broken(node.port(), "/app/broken/" + name, "Cookie: " + cookie);
                String after = wrongAfterRepair(cookie);
                if (answer.status() != 200 || answer.isWhole() || !after.isEmpty()) {
                    wrong.add(name + ": " + answer + " " + after);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theSameOverHttp2() throws Exception {
        OverHttp2 toNode = new OverHttp2(node);
        List<String> wrong = new ArrayList<>();
        for (String name : names) {
            String got = toNode.answer(() -> {
                String cookie = newSession();
                String once = toNode.get("/app/broken/" + name, answer -> "", "Cookie", cookie);
                String after = wrongAfterRepair(cookie);
                if (!after.isEmpty()) {
                    wrong.add(name + ": " + after);
                }
                return once;
            });
            boolean late = name.startsWith("late");
            if (late ? !got.startsWith(OverHttp2.BROKEN_OFF) : !got.equals("HTTP_2 503")) {
                wrong.add(name + ": " + got);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aNewSessionThatWasNeverSavedLeavesNoCookie() throws IOException {
        RawAnswer answer = RawAnswer.to(node.port(), "GET", "/app/broken/plain");
        repair();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Set-Cookie")).isNull();
    }
}
