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
    @TempDir
    Path directory;

    @Test
    void oneJarInTheSharedLibraryServesEveryApplication() throws Exception {
        try (RedisServer redis = RedisServer.start();
                Installation tomcat = Installation.tomcat(directory)) {
            tomcat.shell(Readme.linesBefore("\"$CATALINA_HOME/bin/catalina.sh\" run"), Readme.FILE.getParent());
            Shop.make(tomcat.directory().resolve("webapps/shop"));
            Shop.make(tomcat.directory().resolve("webapps/other"));
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
