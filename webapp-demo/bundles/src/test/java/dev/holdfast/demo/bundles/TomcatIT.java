package dev.holdfast.demo.bundles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells to do with an existing application on an existing Tomcat: copy one jar, set one variable. */
class TomcatIT {
    private static final Path README =
            Path.of("../../README.md").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @Test
    void oneJarInTheSharedLibraryServesEveryApplication() throws Exception {
        try (RedisServer redis = RedisServer.start();
                TomcatInstallation tomcat = TomcatInstallation.unpack(directory)) {
            installAsTheReadmeTells(tomcat);
            Shop.make(tomcat.home().resolve("webapps/shop"));
            Shop.make(tomcat.home().resolve("webapps/other"));
            Client user = new Client();
            Client stranger = new Client();

            tomcat.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(tomcat.port(), "/shop/shop/count")).isEqualTo("1");
            assertThat(user.get(tomcat.port(), "/shop/shop/count")).isEqualTo("2");
            assertThat(stranger.get(tomcat.port(), "/other/shop/count")).isEqualTo("1");
            assertThat(user.get(tomcat.port(), "/shop/shop/redis?port=" + redis.port()))
                    .isEqualTo("open jedis-5.2.0.jar");
            assertThat(tomcat.log()).contains("application '/shop'").contains("application '/other'");

            tomcat.kill();
            tomcat.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(tomcat.port(), "/shop/shop/count")).isEqualTo("3");
            assertThat(stranger.get(tomcat.port(), "/other/shop/count")).isEqualTo("2");
        }
    }

    /** The lines before the one that starts it; the variable is given to that one. */
    private static void installAsTheReadmeTells(TomcatInstallation tomcat) throws Exception {
        Matcher block = Pattern.compile("(?ms)^```\\n(cp [^\\n]*\\n)export HOLDFAST_STORE=redis://localhost:6379\\n"
                        + "\"\\$CATALINA_HOME/bin/catalina.sh\" run\\n```$")
                .matcher(Files.readString(README));
        assertThat(block.find()).isTrue();
        ProcessBuilder shell = new ProcessBuilder("sh", "-e", "-c", block.group(1))
                .directory(README.getParent().toFile())
                .inheritIO();
        shell.environment().put("CATALINA_HOME", tomcat.home().toString());
        assertThat(shell.start().waitFor()).isZero();
    }

    /** What is to be put into builds is what this build makes. */
    @Test
    void theReadmesDependenciesAreThere() throws Exception {
        String readme = Files.readString(README);
        String pom = Files.readString(README.resolveSibling("backend-redis/bundle/pom.xml"));
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
                TomcatInstallation tomcat = TomcatInstallation.unpack(directory)) {
            Shop.make(tomcat.home().resolve("webapps/shop"), BundleIT.Bundle.REDIS.jar());
            Client user = new Client();

            tomcat.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(tomcat.port(), "/shop/shop/count")).isEqualTo("1");
            tomcat.kill();
            tomcat.start("HOLDFAST_STORE", redis.uri());
            assertThat(user.get(tomcat.port(), "/shop/shop/count")).isEqualTo("2");
        }
    }
}
