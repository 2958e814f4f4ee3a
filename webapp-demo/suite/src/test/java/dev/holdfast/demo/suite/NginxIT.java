package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.memcached.servers.MemcachedServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two Tomcats behind nginx with two memcached, of which one after the other is stopped, killed and started again, while users
 * click: what people have always done to see whether their sessions are safe.
 */
@Tag("beyond")
class NginxIT {

    private static final int USERS = 16;

    /** Of each user, before the next thing happens. */
    private static final int PAGES = 15;

    private final Cell cell = new Cell(Container.TOMCAT10, Cells.MEMCACHED);
    private final List<ClickingUser> users = new ArrayList<>();

    /** Those who come back when everything is over. */
    private final List<ClickingUser> idle = new ArrayList<>();

    private final List<Thread> threads = new ArrayList<>();
    private MemcachedServer memcached1;
    private MemcachedServer memcached2;
    private NodeProcess tomcat1;
    private NodeProcess tomcat2;
    private Nginx nginx;

    @BeforeEach
    void start() {
        memcached1 = MemcachedServer.start();
        memcached2 = MemcachedServer.start();
        NodeProcess.Starting one = NodeProcess.launch(Container.TOMCAT10, options("tomcat1"));
        NodeProcess.Starting two = NodeProcess.launch(Container.TOMCAT11, options("tomcat2"));
        tomcat1 = one.awaitReady();
        tomcat2 = two.awaitReady();
        nginx = Nginx.before(List.of(tomcat1.port(), tomcat2.port()));
    }

    private NodeOptions options(String name) {
        return cell.options("nginx-" + name)
                .property("holdfast.store", "memcached://n1:" + memcached1.address() + ",n2:" + memcached2.address());
    }

    @AfterEach
    void stop() throws Exception {
        users.forEach(ClickingUser::stop);
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        nginx.close();
        tomcat1.close();
        tomcat2.close();
        memcached1.close();
        memcached2.close();
    }

    @Test
    void nobodyNoticesThatServersAndNodesDieOneAfterTheOther() throws Exception {
        URI site = URI.create("http://127.0.0.1:" + nginx.port());
        for (int i = 0; i < USERS; i++) {
            users.add(new ClickingUser(site));
        }
        for (ClickingUser user : users) {
            Thread thread = new Thread(user, "user");
            threads.add(thread);
            thread.start();
        }
        clicked("all run");

        assertThat(tomcat1.stop()).isTrue();
        clicked("Tomcat 1 was stopped");

        tomcat1 = NodeProcess.start(Container.TOMCAT10, options("tomcat1-again").port(tomcat1.port()));
        clicked("Tomcat 1 was started again");
        for (int i = 0; i < USERS; i++) {
            idle.add(new ClickingUser(site));
        }

        memcached1.kill();
        clicked("memcached 1 was killed");

        memcached1.restart();
        awaitCopies();
        clicked("memcached 1 was started again, empty");

        memcached2.kill();
        clicked("memcached 2 was killed");

        tomcat2.kill();
        clicked("Tomcat 2 was killed");

        users.forEach(ClickingUser::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        for (ClickingUser user : idle) {
            // comes in, looks at a page, and goes
            user.stop();
            user.run();
            assertThat(user.pagesRead.get()).isEqualTo(1);
            assertThat(user.losses).isEmpty();
        }
        int writes =
                users.stream().mapToInt(user -> user.writesAcknowledged.get()).sum();
        int pages = users.stream().mapToInt(user -> user.pagesRead.get()).sum();
        System.out.printf(
                "%d users, %,d pages and %,d acknowledged writes, and %d idle users: nothing may be lost%n",
                USERS, pages, writes, idle.size());
        assertThat(users.stream().flatMap(user -> user.losses.stream())).isEmpty();
    }

    /** As an operator does who waits with the next server until the first is what it was: both Tomcats say so. */
    private void awaitCopies() {
        Control.await(
                "the news that memcached 1 has its copies",
                () -> Stream.of(tomcat1, tomcat2)
                        .allMatch(tomcat -> tomcat.log().contains("memcached n1 is up again")
                                && tomcat.log()
                                        .matches(
                                                "(?s).*memcached n1: the [0-9]+ sessions .* have all their copies.*")));
        assertThat(Stream.concat(users.stream(), idle.stream()))
                .noneMatch(user -> memcached1.command("get hf:app:" + user.id()).isEmpty());
    }

    /** Until everybody has seen some more pages. */
    private void clicked(String when) {
        long begun = System.nanoTime();
        int[] wanted =
                users.stream().mapToInt(user -> user.pagesRead.get() + PAGES).toArray();
        int unansweredBefore =
                users.stream().mapToInt(user -> user.unanswered.get()).sum();
        users.forEach(user -> user.longestMillis.set(0));
        Control.await(
                "pages after " + when,
                () -> IntStream.range(0, USERS)
                        .allMatch(i -> users.get(i).pagesRead.get() >= wanted[i]
                                || !users.get(i).losses.isEmpty()));
        System.out.printf(
                "%-40s %,6d ms for %d pages of everybody, %d clicks unanswered, the longest took %,d ms%n",
                when,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
                PAGES,
                users.stream().mapToInt(user -> user.unanswered.get()).sum() - unansweredBefore,
                users.stream().mapToLong(user -> user.longestMillis.get()).max().orElse(0));
        assertThat(users.stream().flatMap(user -> user.losses.stream()))
                .as(when)
                .isEmpty();
    }
}
