package dev.holdfast.demo.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TraceTest {
    @Test
    void theNewestIsTheLast() {
        assertThat(Trace.NONE.with("a").with("b").nodes()).containsExactly("a", "b");
    }

    @Test
    void itDoesNotGrowForEver() {
        Trace trace = Trace.NONE.with("first");
        for (int i = 0; i < Trace.LENGTH; i++) {
            trace = trace.with("n" + i);
        }

        assertThat(trace.nodes()).hasSize(Trace.LENGTH).startsWith("n0").endsWith("n" + (Trace.LENGTH - 1));
    }

    @Test
    void signingDoesNotChangeTheValueThatItWasAddedTo() {
        Trace before = Trace.NONE.with("a");
        before.with("b");

        assertThat(before.nodes()).containsExactly("a");
    }
}
