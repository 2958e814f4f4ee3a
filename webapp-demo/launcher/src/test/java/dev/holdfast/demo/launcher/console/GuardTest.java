package dev.holdfast.demo.launcher.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import org.junit.jupiter.api.Test;

class GuardTest {
    private final Guard guard = new Guard(8080);

    @Test
    void thePageOfTheDemoMayAskWhateverItCallsThisMachine() {
        for (String host : new String[] {"localhost:8080", "127.0.0.1:8080", "[::1]:8080"}) {
            assertThat(guard.isOwnPage(
                            headers("Host", host, "Origin", "http://" + host, "Sec-Fetch-Site", "same-origin")))
                    .isTrue();
            assertThat(guard.isOwnPage(headers("Host", host))).as("a terminal").isTrue();
        }
    }

    @Test
    void aNameThatWasMadeToLeadHereIsNotThisMachine() {
        assertThat(guard.isOwnPage(headers("Host", "evil.example:8080"))).isFalse();
        assertThat(guard.isOwnPage(headers("Host", "localhost:8081"))).isFalse();
        assertThat(guard.isOwnPage(headers("Host", "localhost"))).isFalse();
        assertThat(guard.isOwnPage(headers())).isFalse();
        assertThat(guard.isOwnPage(headers("Host", "localhost:8080", "Host", "localhost:8080")))
                .isFalse();
    }

    @Test
    void pagesOfOtherSitesMayNotAsk() {
        assertThat(guard.isOwnPage(headers("Host", "localhost:8080", "Origin", "https://evil.example")))
                .isFalse();
        assertThat(guard.isOwnPage(headers("Host", "localhost:8080", "Origin", "null")))
                .isFalse();
        assertThat(guard.isOwnPage(headers("Host", "localhost:8080", "Origin", "http://localhost:3000")))
                .isFalse();
        assertThat(guard.isOwnPage(headers("Host", "localhost:8080", "Sec-Fetch-Site", "same-site")))
                .isFalse();
        assertThat(guard.isOwnPage(headers("Host", "localhost:8080", "Sec-Fetch-Site", "cross-site")))
                .isFalse();
    }

    @Test
    void onlyTheKeyOfThisRunIsAKey() {
        assertThat(guard.hasKey(headers("X-Demo-Key", guard.key()))).isTrue();
        assertThat(guard.hasKey(headers("X-Demo-Key", new Guard(8080).key()))).isFalse();
        assertThat(guard.hasKey(headers("X-Demo-Key", ""))).isFalse();
        assertThat(guard.hasKey(headers())).isFalse();
    }

    private static Headers headers(String... namesAndValues) {
        Headers headers = new Headers();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }
}
