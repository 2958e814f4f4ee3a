package dev.holdfast.memcached;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which one runs at a time, from one call of {@link Actor#pause} to its next, in an order that a seed decides. What they
 * do is then one history, the same for the same seed.
 */
final class Lockstep {

    private final List<Actor> actors = new ArrayList<>();
    private final Random random;

    Lockstep(Random random) {
        this.random = random;
    }

    /** Thrown where an actor stands that was killed. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super(null, null, false, false);
        }
    }

    final class Actor {
        private final Semaphore turn = new Semaphore(0);
        private final Semaphore stopped = new Semaphore(0);
        private final Thread thread;
        private boolean finished;
        private boolean killed;
        private @Nullable Throwable failure;

        private Actor(Runnable what) {
            thread = new Thread(() -> {
                turn.acquireUninterruptibly();
                try {
                    if (!killed) {
                        what.run();
                    }
                } catch (Killed e) {
                    // as it should
                } catch (Throwable e) {
                    failure = e;
                }
                finished = true;
                stopped.release();
            });
            thread.setDaemon(true);
            thread.start();
        }

        /** Lets the others run, maybe. Only from this actor's thread. */
        void pause() {
            stopped.release();
            turn.acquireUninterruptibly();
            if (killed) {
                throw new Killed();
            }
        }

        /** It goes no further. */
        void kill() {
            killed = true;
        }

        private void step() {
            turn.release();
            stopped.acquireUninterruptibly();
        }
    }

    Actor add(Runnable what) {
        Actor actor = new Actor(what);
        actors.add(actor);
        return actor;
    }

    /** Runs all to their ends. {@code beforeEach} is called with the number of the step, before it. */
    void run(java.util.function.IntConsumer beforeEach) {
        for (int step = 0; ; step++) {
            List<Actor> left = actors.stream().filter(actor -> !actor.finished).toList();
            if (left.isEmpty()) {
                break;
            }
            beforeEach.accept(step);
            left.get(random.nextInt(left.size())).step();
        }
        for (Actor actor : actors) {
            if (actor.failure != null) {
                throw new AssertionError("an actor failed", actor.failure);
            }
        }
    }
}
