package dev.holdfast.demo.bundles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisServer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README tells to do with an existing application on an existing Jetty: one jar, one module, one variable. */
class JettyIT {
    private static final boolean ALL = System.getProperty("holdfast.suite", "").equals("all");

    @TempDir
    Path directory;

    static Stream<String> environments() {
        return ALL ? Stream.of("ee10", "ee11") : Stream.of("ee10");
    }

    @ParameterizedTest
    @MethodSource("environments")
    void oneJarInAModuleServesEveryApplication(String environment) throws Exception {
        try (RedisServer redis = RedisServer.start();
                Installation jetty = Installation.jetty(directory, environment)) {
            String lines = Readme.linesBefore("java -jar \"$JETTY_HOME/start.jar\"");
            assertThat(lines).contains("ee10");
            jetty.shell(lines.replace("ee10", environment), Readme.FILE.getParent());
            Shop.make(jetty.directory().resolve("webapps/shop"));
            Shop.make(jetty.directory().resolve("webapps/other"));
            Client user = new Client();
            Client stranger = new Client();

            jetty.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(jetty.port(), "/shop/shop/count")).isEqualTo("1");
            assertThat(user.get(jetty.port(), "/shop/shop/count")).isEqualTo("2");
            assertThat(stranger.get(jetty.port(), "/other/shop/count")).isEqualTo("1");
            assertThat(user.get(jetty.port(), "/shop/shop/redis?port=" + redis.port()))
                    .isEqualTo("open jedis-5.2.0.jar");
            assertThat(jetty.log()).contains("application '/shop'").contains("application '/other'");

            jetty.kill();
            jetty.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(jetty.port(), "/shop/shop/count")).isEqualTo("3");
            assertThat(stranger.get(jetty.port(), "/other/shop/count")).isEqualTo("2");
        }
    }
}
