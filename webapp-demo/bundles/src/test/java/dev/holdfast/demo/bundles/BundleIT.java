package dev.holdfast.demo.bundles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.redis.servers.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One jar in the WEB-INF/lib of an application that has another version of Jedis and of JGroups, and uses both. No line of the application or of
 * its web.xml is Holdfast's.
 */
class BundleIT {

    /** A bundle, by the store that it is for. */
    enum Bundle {
        REDIS("backend-redis", "holdfast-redis-bundle.jar"),
        MEMCACHED("backend-memcached", "holdfast-memcached-bundle.jar"),
        PEER("backend-multicast-peer", "holdfast-peer-bundle.jar");

        private final Path jar;

        Bundle(String module, String name) {
            this.jar = Path.of("..", "..", module, "bundle", "target", name);
        }

        Path jar() {
            return jar;
        }
    }

    private static RedisServer redis;
    private static MemcachedServer memcached;

    @TempDir
    Path directory;

    @BeforeAll
    static void startServers() {
        redis = RedisServer.start();
        memcached = MemcachedServer.start();
    }

    @AfterAll
    static void stopServers() {
        redis.close();
        memcached.close();
    }

    @ParameterizedTest
    @EnumSource
    void sessionsSurviveAndTheApplicationsOwnLibrariesAreItsOwn(Bundle bundle) throws Exception {
        Path shop = Shop.make(directory.resolve("shop"), bundle.jar());
        NodeOptions options = NodeOptions.named("bundle-a-" + bundle)
                .webapp("/", shop)
                .property("holdfast.store", store(bundle))
                .property("holdfast.memcached.replicas", "1")
                // two that start on a busy machine may not hear each other at once, and each would begin alone
                .property("holdfast.peer.join-timeout", "5s")
                .property("holdfast.timeout", "6s")
                .property("holdfast.allow-classes", "dev.holdfast.demo.bundles.app.*");
        NodeProcess.Starting startingB = NodeProcess.launch(Container.JETTY_EE11, options.copy("bundle-b-" + bundle));
        try (NodeProcess a = NodeProcess.start(Container.TOMCAT10, options);
                NodeProcess b = startingB.awaitReady()) {
            Client user = new Client();
            for (int i = 1; i <= 6; i++) {
                assertThat(user.get(i % 2 == 0 ? a.port() : b.port(), "/shop/count"))
                        .isEqualTo("" + i);
            }
            for (NodeProcess node : List.of(a, b)) {
                assertThat(user.get(node.port(), "/shop/redis?port=" + redis.port()))
                        .isEqualTo("open jedis-5.2.0.jar");
                assertThat(user.get(node.port(), "/shop/cluster"))
                        .startsWith("hello 5.4.13.Final")
                        .endsWith("jgroups-5.4.13.Final.jar");
                assertThat(node.log())
                        .contains("session filter 'holdfast' ready")
                        .doesNotContain("of the container's own was made");
            }

            a.kill();
            assertThat(user.get(b.port(), "/shop/count")).isEqualTo("7");
        }
    }

    private static String store(Bundle bundle) {
        return switch (bundle) {
            case REDIS -> redis.uri();
            case MEMCACHED -> "memcached://" + memcached.address();
            case PEER -> "peer://239.9.9." + new Random().nextInt(1, 255) + ":" + new Random().nextInt(30_000, 60_000);
        };
    }

    @ParameterizedTest
    @EnumSource
    void nothingInItCanMeetAnythingOfTheApplications(Bundle bundle) throws IOException {
        try (JarFile jar = new JarFile(bundle.jar().toFile())) {
            List<String> names = jar.stream().map(JarEntry::getName).toList();
            assertThat(names)
                    .filteredOn(name -> !name.endsWith("/"))
                    .allMatch(name -> name.startsWith("dev/holdfast/") || name.startsWith("META-INF/"));
            assertThat(names)
                    .contains("META-INF/LICENSE", "META-INF/NOTICE", "META-INF/licenses/slf4j.txt")
                    .doesNotHaveDuplicates();
            assertThat(text(jar, "META-INF/NOTICE")).contains("SLF4J 2.").doesNotContain("${");
            assertThat(text(jar, "META-INF/services/dev.holdfast.spi.SessionStoreProvider")
                            .lines())
                    .as("its store, and local")
                    .hasSize(2);
            assertThat(text(jar, "META-INF/services/jakarta.servlet.ServletContainerInitializer"))
                    .startsWith("dev.holdfast.filter.");
        }
    }

    @Test
    void theListsOfJGroupsNameItsClassesWhereTheyAre() throws IOException {
        try (JarFile jar = new JarFile(Bundle.PEER.jar().toFile())) {
            for (String list : List.of("jg-magic-map.xml", "jg-protocol-ids.xml")) {
                assertThat(text(jar, "dev/holdfast/bundled/jgroups/" + list))
                        .contains("dev.holdfast.bundled.jgroups.")
                        .doesNotContain("\"org.jgroups.");
            }
        }
    }

    private static String text(JarFile jar, String entry) throws IOException {
        return new String(
                jar.getInputStream(jar.getEntry(entry)).readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
}
