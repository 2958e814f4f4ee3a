package dev.holdfast.demo.suite.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which resets are taken for Jetty's own. */
class OverHttp2Test {

    private static final String PAGE = "HTTP_2 404 page";

    private static String answer(Container container, String... attempts) throws Exception {
        return new OverHttp2(container, 0).answer(new ArrayDeque<>(List.of(attempts))::remove);
    }

    @Test
    void anErrorPageIsAskedForAgainAfterAReset() throws Exception {
        assertThat(answer(Container.JETTY_EE11, OverHttp2.RESET, PAGE)).isEqualTo(PAGE);
    }

    @Test
    void aNodeThatAlwaysResetsIsSeen() throws Exception {
        assertThat(new OverHttp2(Container.JETTY_EE10, 0).answer(() -> OverHttp2.RESET))
                .isEqualTo(OverHttp2.RESET);
    }

    @Test
    void aNodeThatResetsEverySecondTimeIsSeen() throws Exception {
        OverHttp2 node = new OverHttp2(Container.JETTY_EE11, 0);
        String answer = PAGE;
        for (int i = 0; i < 11 && answer.equals(PAGE); i++) {
            ArrayDeque<String> attempts = new ArrayDeque<>(List.of(OverHttp2.RESET, PAGE));
            answer = node.answer(attempts::remove);
        }
        assertThat(answer).isEqualTo(OverHttp2.RESET);
    }

    @Test
    void aResetBeforeWhatTheApplicationWroteIsSeen() throws Exception {
        assertThat(answer(Container.JETTY_EE11, OverHttp2.RESET, "HTTP_2 200 text"))
                .isNotEqualTo("HTTP_2 200 text");
    }

    @Test
    void aResetOfAnAnswerThatHadBegunIsSeen() throws Exception {
        String brokenOff = OverHttp2.BROKEN_OFF + "java.io.IOException: Received RST_STREAM: Stream cancelled";
        assertThat(answer(Container.JETTY_EE11, brokenOff, PAGE)).isEqualTo(brokenOff);
    }

    @Test
    void aResetByTomcatIsSeen() throws Exception {
        assertThat(answer(Container.TOMCAT11, OverHttp2.RESET, PAGE)).isEqualTo(OverHttp2.RESET);
    }
}
