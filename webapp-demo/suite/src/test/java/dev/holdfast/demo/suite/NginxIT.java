package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.memcached.servers.MemcachedServer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two Tomcats behind nginx with two memcached, of which one after the other is stopped, killed and started again, while users
 * click: what people have always done to see whether their sessions are safe.
 */
@ParameterizedClass(name = "{0}")
@EnumSource
@Tag("beyond")
class NginxIT {

    private final Mode mode;
    private final Cell cell;
    private MemcachedServer memcached1;
    private MemcachedServer memcached2;
    private NodeProcess tomcat1;
    private NodeProcess tomcat2;
    private Balancer nginx;

    NginxIT(Mode mode) {
        this.mode = mode;
        this.cell = new Cell(Container.TOMCAT10, Cells.MEMCACHED, mode);
    }

    @BeforeEach
    void start() {
        memcached1 = MemcachedServer.start();
        memcached2 = MemcachedServer.start();
        NodeProcess.Starting one = NodeProcess.launch(Container.TOMCAT10, options("tomcat1"));
        NodeProcess.Starting two = NodeProcess.launch(Container.TOMCAT11, options("tomcat2"));
        tomcat1 = one.awaitReady();
        tomcat2 = two.awaitReady();
        nginx = (mode == Mode.SHARED ? Balancing.NGINX_ROUND_ROBIN : Balancing.NGINX_ID)
                .before(List.of(tomcat1.port(), tomcat2.port()));
    }

    private NodeOptions options(String name) {
        return cell.options("nginx-" + name)
                .property("holdfast.store", "memcached://n1:" + memcached1.address() + ",n2:" + memcached2.address())
                .property("holdfast.touch-interval", "1m");
    }

    @AfterEach
    void stop() {
        nginx.close();
        tomcat1.close();
        tomcat2.close();
        memcached1.close();
        memcached2.close();
    }

    @Test
    void nobodyNoticesThatServersAndNodesDieOneAfterTheOther() throws Exception {
        try (ClickingUsers users = new ClickingUsers("nginx, " + mode.setting(), nginx, mode)) {
            users.clicked("all run");

            assertThat(tomcat1.stop()).isTrue();
            users.clicked("Tomcat 1 was stopped");

            tomcat1 = NodeProcess.start(
                    Container.TOMCAT10, options("tomcat1-again").port(tomcat1.port()));
            users.clicked("Tomcat 1 was started again");
            // those come back when everything is over
            List<ClickingUser> idle = ClickingUsers.begin(nginx, mode);

            memcached1.kill();
            users.clicked("memcached 1 was killed");

            memcached1.restart();
            awaitCopies(Stream.concat(users.stream(), idle.stream()).toList());
            users.clicked("memcached 1 was started again, empty");

            memcached2.kill();
            users.clicked("memcached 2 was killed");

            tomcat2.kill();
            users.clicked("Tomcat 2 was killed");

            users.finish();
            for (ClickingUser user : idle) {
                // comes in, looks at a page, and goes
                user.stop();
                user.run();
                assertThat(user.pagesRead.get()).isEqualTo(1);
                assertThat(user.losses).isEmpty();
            }
        }
    }

    /** As an operator does who waits with the next server until the first is what it was: both Tomcats say so. */
    private void awaitCopies(List<ClickingUser> users) {
        Control.await(
                "the news that memcached 1 has its copies",
                () -> Stream.of(tomcat1, tomcat2)
                        .allMatch(tomcat -> tomcat.log().contains("memcached n1 is up again")
                                && tomcat.log()
                                        .matches(
                                                "(?s).*memcached n1: the [0-9]+ sessions .* have all their copies.*")));
        assertThat(users)
                .noneMatch(user -> memcached1.command("get hf:app:" + user.id()).isEmpty());
    }
}
