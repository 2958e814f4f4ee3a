package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Users who click on one node each, all the time: each appends numbers to a list in its session, and remembers those that were
 * acknowledged. For one thread; closed, they are gone.
 */
final class OutageUsers implements AutoCloseable {

    /** Two cores have more to do than to answer them. */
    private static final Duration REST = Duration.ofMillis(10);

    private final Cell cell;
    private final List<User> users = new ArrayList<>();

    OutageUsers(Cell cell) {
        this.cell = cell;
    }

    /** Some more of them, each with a session of its own that begins now. */
    OutageUsers come(NodeProcess node, int count) {
        for (int i = 0; i < count; i++) {
            User user = new User(node);
            users.add(user);
            user.thread.start();
        }
        return this;
    }

    /** Returns when each has had that many more answers, whatever they were. */
    void click(int times) {
        List<Integer> wanted =
                users.stream().map(user -> user.answers.get() + times).toList();
        Control.await("clicks", () -> {
            for (int i = 0; i < users.size(); i++) {
                if (users.get(i).answers.get() < wanted.get(i)
                        && users.get(i).thread.isAlive()) {
                    return false;
                }
            }
            return true;
        });
        assertNothingLost();
    }

    int acknowledged() {
        return users.stream().mapToInt(user -> user.acknowledged.size()).sum();
    }

    /** Answers that were 503. */
    int unavailable() {
        return users.stream().mapToInt(user -> user.unavailable.get()).sum();
    }

    void assertNothingLost() {
        assertThat(users.stream().flatMap(user -> user.losses.stream()).toList())
                .isEmpty();
    }

    /** No more clicks; an answer that is on its way is waited for. */
    void stop() throws InterruptedException {
        for (User user : users) {
            user.stopped = true;
            user.thread.join();
        }
    }

    /**
     * How many acknowledged numbers a node does not have, which none of them has used; each must have the session, and what it has must
     * be a beginning of what was written.
     */
    int missing(NodeProcess node) {
        int missing = 0;
        for (User user : users) {
            List<Integer> stored = user.numbers(node);
            assertThat(stored).as("in the order in which they were written").isSorted();
            List<Integer> lacking = new ArrayList<>(user.acknowledged);
            lacking.removeAll(stored);
            int last = stored.isEmpty() ? -1 : stored.get(stored.size() - 1);
            assertThat(lacking).as("only the latest").allMatch(number -> number > last);
            missing += lacking.size();
        }
        return missing;
    }

    @Override
    public void close() throws InterruptedException {
        for (User user : users) {
            user.thread.interrupt();
        }
        stop();
    }

    private final class User {
        private final NodeProcess node;
        private final Browser browser = new Browser(cell);
        private final Thread thread = new Thread(this::click, "user");
        private final List<Integer> acknowledged = new CopyOnWriteArrayList<>();
        private final List<String> losses = new CopyOnWriteArrayList<>();
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicInteger unavailable = new AtomicInteger();
        private volatile boolean stopped;
        private String id;

        User(NodeProcess node) {
            this.node = node;
            Answer answer = browser.run(node, "session", "list-add n 0");
            assertThat(answer.status()).as("a session: " + answer).isEqualTo(200);
            id = browser.sessionId();
            acknowledged.add(0);
        }

        private void click() {
            try {
                for (int number = 1; !stopped; number++) {
                    if (isPage(browser.post(node, Browser.script("list-add n " + number)))) {
                        acknowledged.add(number);
                    }
                    look(browser.run(node, "peek", "get-if n"));
                    Thread.sleep(REST.toMillis());
                }
            } catch (UncheckedIOException | IllegalStateException dead) {
                // the node was killed, or this user interrupted
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | AssertionError e) {
                losses.add(e.toString());
            }
        }

        private boolean isPage(Answer answer) {
            answers.incrementAndGet();
            if (answer.status() == 503) {
                unavailable.incrementAndGet();
                if (answer.headers().firstValue("Retry-After").isEmpty()) {
                    losses.add("503 without Retry-After");
                }
                if (!answer.sessionCookies().isEmpty()) {
                    losses.add("a cookie with a 503");
                }
            } else if (answer.status() != 200) {
                losses.add("status " + answer.status());
            }
            return answer.status() == 200;
        }

        private void look(Answer answer) {
            if (!isPage(answer)) {
                return;
            }
            if (!answer.result(0).equals(id)) {
                losses.add("logged out: " + answer.result(0));
                return;
            }
            List<Integer> missing = new ArrayList<>(acknowledged);
            missing.removeAll(numbers(answer.result(1)));
            if (!missing.isEmpty()) {
                losses.add(missing + " were acknowledged and are not there");
            }
        }

        private List<Integer> numbers(NodeProcess other) {
            Answer answer = browser.copy().forgetNode().run(other, "peek", "get-if n");
            assertThat(answer.status()).as("on the other node: " + answer).isEqualTo(200);
            assertThat(answer.result(0)).as("session on the other node").isEqualTo(id);
            return numbers(answer.result(1));
        }

        private static List<Integer> numbers(String list) {
            return Arrays.stream(list.replaceAll("[\\[\\] ]", "").split(","))
                    .filter(number -> !number.equals("null") && !number.isEmpty())
                    .map(Integer::valueOf)
                    .toList();
        }
    }
}
