package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TogetherTest {

    private final List<String> events = new ArrayList<>();

    @Test
    void everyCallIsUnderWayBeforeAnAnswerIsAwaited() {
        var outcomes = new Together().each(List.of("one", "two", "three"), name -> {
            events.add("begin " + name);
            return () -> {
                events.add("await " + name);
                return name;
            };
        });

        assertThat(events)
                .containsExactly("begin one", "begin two", "begin three", "await one", "await two", "await three");
        assertThat(outcomes).extracting(Together.Outcome::answer).containsExactly("one", "two", "three");
    }

    @Test
    void aFailureOfOneKeepsNoOtherFromBeingHeard() {
        var outcomes = new Together().<String, String>each(List.of("down", "late", "sound"), name -> {
            if (name.equals("down")) {
                throw new StoreException(StoreException.Kind.UNAVAILABLE, name);
            }
            return () -> {
                if (name.equals("late")) {
                    throw new StoreException(StoreException.Kind.TIMEOUT, name);
                }
                return name;
            };
        });

        assertThat(outcomes.get(0).failure()).hasMessage("down");
        assertThat(outcomes.get(1).failure()).hasMessage("late");
        assertThat(outcomes.get(2).answer()).isEqualTo("sound");
        assertThat(outcomes.get(2).failure()).isNull();
    }
}
