package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** Users who click through one balancer at the same time, until closed. For one thread. */
final class ClickingUsers implements AutoCloseable {

    private static final int USERS = 16;

    /** Of each user, before the next thing happens. */
    private static final int PAGES = 15;

    private final String where;
    private final List<ClickingUser> users = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** @param where they click, for the output */
    ClickingUsers(String where, Balancer balancer, Mode mode) throws IOException, InterruptedException {
        this.where = where;
        users.addAll(begin(balancer, mode));
        for (ClickingUser user : users) {
            Thread thread = new Thread(user, "user");
            threads.add(thread);
            thread.start();
        }
    }

    /** As many, each with a session, who do nothing. */
    static List<ClickingUser> begin(Balancer balancer, Mode mode) throws IOException, InterruptedException {
        List<ClickingUser> idle = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            idle.add(new ClickingUser(balancer, mode));
        }
        return idle;
    }

    Stream<ClickingUser> stream() {
        return users.stream();
    }

    private int sum(ToIntFunction<ClickingUser> count) {
        return users.stream().mapToInt(count).sum();
    }

    /** Until everybody has seen some more pages. */
    void clicked(String when) {
        long begun = System.nanoTime();
        int[] wanted =
                users.stream().mapToInt(user -> user.pagesRead.get() + PAGES).toArray();
        int unansweredBefore = sum(user -> user.unanswered.get());
        int movesBefore = sum(user -> user.moves.get());
        users.forEach(user -> user.longestMillis.set(0));
        Control.await("pages after " + when, () -> {
            for (int i = 0; i < wanted.length; i++) {
                ClickingUser user = users.get(i);
                if (user.pagesRead.get() < wanted[i] && user.losses.isEmpty()) {
                    return false;
                }
            }
            return true;
        });
        System.out.printf(
                "%s, %-36s %,6d ms for %d pages of everybody, %d clicks unanswered, %d moves, the longest took %,d ms%n",
                where,
                when,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
                PAGES,
                sum(user -> user.unanswered.get()) - unansweredBefore,
                sum(user -> user.moves.get()) - movesBefore,
                users.stream().mapToLong(user -> user.longestMillis.get()).max().orElse(0));
        assertThat(losses()).as(when).isEmpty();
    }

    private List<String> losses() {
        return users.stream().flatMap(user -> user.losses.stream()).toList();
    }

    /** They look once more, and go. Nothing may have been lost. */
    void finish() throws InterruptedException {
        users.forEach(ClickingUser::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.printf(
                "%s: %d users, %,d pages and %,d acknowledged writes, %,d moves from node to node: nothing may be lost%n",
                where,
                USERS,
                sum(user -> user.pagesRead.get()),
                sum(user -> user.writesAcknowledged.get()),
                sum(user -> user.moves.get()));
        assertThat(losses()).isEmpty();
    }

    /** How often clients were told of another node. */
    int moves() {
        return sum(user -> user.moves.get());
    }

    @Override
    public void close() throws InterruptedException {
        users.forEach(ClickingUser::stop);
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }
}
