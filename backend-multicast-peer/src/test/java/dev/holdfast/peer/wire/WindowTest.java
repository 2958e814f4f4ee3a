package dev.holdfast.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowTest {

    @Test
    void noNumberIsAcceptedTwiceAndNoneInTheWindowIsRefused() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Window window = new Window();
            Set<Long> accepted = new HashSet<>();
            long highest = 0;
            for (int i = 0; i < 20_000; i++) {
                long step = random.nextInt(200) == 0 ? random.nextInt(3 * Window.SIZE) : 3;
                long number = highest + step - random.nextInt(random.nextBoolean() ? 8 : 2 * Window.SIZE);
                boolean expected = number >= 1 && number > highest - Window.SIZE && !accepted.contains(number);
                assertThat(window.accept(number))
                        .as("seed %d, %d", seed, number)
                        .isEqualTo(expected);
                if (expected) {
                    accepted.add(number);
                    highest = Math.max(highest, number);
                }
            }
        }
    }

    @Test
    void theHighestNumbersThereAreDoNotUndoIt() {
        Window window = new Window();
        assertThat(window.accept(Long.MAX_VALUE)).isTrue();
        assertThat(window.accept(Long.MAX_VALUE)).isFalse();
        assertThat(window.accept(Long.MIN_VALUE)).isFalse();
        assertThat(window.accept(1)).isFalse();
    }
}
