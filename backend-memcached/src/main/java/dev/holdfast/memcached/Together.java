package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks several nodes at once: all calls are sent before the first answer is waited for, so the slowest decides how long it takes.
 * No threads: the nodes' connections have theirs. Not final: a test chooses the order itself.
 */
class Together {

    /** What came of one call: an answer, or why there is none. */
    record Outcome<R>(@Nullable R answer, @Nullable StoreException failure) {}

    /** What comes out for each, in the same order. Returns when all have answered: each is bounded by its own timeout. */
    <T, R> List<Outcome<R>> each(List<T> things, Function<T, Node.Answer<R>> begin) {
        List<Node.Answer<R>> begun = new ArrayList<>(things.size());
        for (T thing : things) {
            begun.add(begun(thing, begin));
        }
        List<Outcome<R>> outcomes = new ArrayList<>(things.size());
        for (Node.Answer<R> answer : begun) {
            outcomes.add(await(answer));
        }
        return outcomes;
    }

    private static <T, R> Node.Answer<R> begun(T thing, Function<T, Node.Answer<R>> begin) {
        try {
            return begin.apply(thing);
        } catch (StoreException e) {
            return () -> {
                throw e;
            };
        }
    }

    private static <R> Outcome<R> await(Node.Answer<R> answer) {
        try {
            return new Outcome<>(answer.await(), null);
        } catch (StoreException e) {
            return new Outcome<>(null, e);
        }
    }
}
