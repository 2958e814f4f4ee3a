package dev.holdfast.demo.bundles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README tells to do with an existing application on an existing Tomcat or Jetty: copy one jar, set one variable. */
class ExistingServerIT {
    private static final boolean ALL = System.getProperty("holdfast.suite", "").equals("all");

    @TempDir
    Path directory;

    /** A server as somebody has it. */
    private enum Server {
        TOMCAT,
        JETTY_EE10,
        JETTY_EE11;

        /** With the jar, as the README tells. */
        Installation withTheJar(Path directory) throws Exception {
            if (this == TOMCAT) {
                Installation tomcat = Installation.tomcat(directory);
                tomcat.shell(Readme.linesBefore("\"$CATALINA_HOME/bin/catalina.sh\" run"), Readme.FILE.getParent());
                return tomcat;
            }
            String environment = this == JETTY_EE10 ? "ee10" : "ee11";
            Installation jetty = Installation.jetty(directory, environment);
            String lines = Readme.linesBefore("java -jar \"$JETTY_HOME/start.jar\"");
            assertThat(lines).contains("ee10");
            jetty.shell(lines.replace("ee10", environment), Readme.FILE.getParent());
            return jetty;
        }
    }

    static Stream<Server> servers() {
        return ALL ? Stream.of(Server.values()) : Stream.of(Server.TOMCAT, Server.JETTY_EE10);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void oneJarServesEveryApplicationOfTheServer(Server kind) throws Exception {
        try (RedisServer redis = RedisServer.start();
                Installation server = kind.withTheJar(directory)) {
            Shop.make(server.directory().resolve("webapps/shop"));
            Shop.make(server.directory().resolve("webapps/other"));
            Client user = new Client();
            Client stranger = new Client();

            server.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(server.port(), "/shop/shop/count")).isEqualTo("1");
            assertThat(user.get(server.port(), "/shop/shop/count")).isEqualTo("2");
            assertThat(stranger.get(server.port(), "/other/shop/count")).isEqualTo("1");
            assertThat(user.get(server.port(), "/shop/shop/redis?port=" + redis.port()))
                    .isEqualTo("open jedis-5.2.0.jar");
            assertThat(server.log()).contains("application '/shop'").contains("application '/other'");

            server.kill();
            server.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(server.port(), "/shop/shop/count")).isEqualTo("3");
            assertThat(user.getAfterStranger("j", server.port(), "/shop/shop/count"))
                    .endsWith("\r\n\r\n4");
            assertThat(stranger.get(server.port(), "/other/shop/count")).isEqualTo("2");
        }
    }

    /** What is to be put into builds is what this build makes. */
    @Test
    void theReadmesDependenciesAreThere() throws Exception {
        String readme = Files.readString(Readme.FILE);
        String pom = Files.readString(Readme.FILE.resolveSibling("backend-redis/bundle/pom.xml"));
        Matcher version = Pattern.compile("<version>([^<]+)</version>").matcher(pom);
        assertThat(version.find()).isTrue();
        assertThat(pom).contains("<artifactId>holdfast-redis-bundle</artifactId>");
        assertThat(readme)
                .contains(
                        "<artifactId>holdfast-redis-bundle</artifactId>\n  <version>" + version.group(1) + "</version>")
                .contains("runtimeOnly(\"dev.holdfast:holdfast-redis-bundle:" + version.group(1) + "\")");
    }

    @Test
    void oneJarInTheApplicationIsEnoughToo() throws Exception {
        try (RedisServer redis = RedisServer.start();
                Installation tomcat = Installation.tomcat(directory)) {
            Shop.make(tomcat.directory().resolve("webapps/shop"), BundleIT.Bundle.REDIS.jar());
            Client user = new Client();

            tomcat.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(tomcat.port(), "/shop/shop/count")).isEqualTo("1");
            tomcat.kill();
            tomcat.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(tomcat.port(), "/shop/shop/count")).isEqualTo("2");
        }
    }
}
