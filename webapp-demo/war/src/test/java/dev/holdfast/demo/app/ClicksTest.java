package dev.holdfast.demo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClicksTest {
    @Test
    void aClickSentTwiceCountsOnce() {
        Clicks clicks = Clicks.NONE.with(1).with(2).with(2);

        assertThat(clicks.count()).isEqualTo(2);
        assertThat(clicks.ranges()).isEqualTo("1-2");
    }

    @Test
    void aLostClickLeavesAGapThatIsSeen() {
        assertThat(Clicks.NONE.with(1).with(2).with(4).with(6).with(7).ranges()).isEqualTo("1-2 4 6-7");
    }

    @Test
    void theNextNumberFollowsTheGreatest() {
        assertThat(Clicks.NONE.next()).isEqualTo(1);
        assertThat(Clicks.NONE.with(7).next()).isEqualTo(8);
        assertThat(Clicks.NONE.with(Clicks.MAX).next()).isEqualTo(Clicks.MAX);
    }

    @Test
    void aClickDoesNotChangeTheValueThatItWasAddedTo() {
        Clicks before = Clicks.NONE.with(1);
        before.with(2);

        assertThat(before.count()).isEqualTo(1);
    }

    @Test
    void numbersThatWouldMakeTheSessionLargeAreRefused() {
        assertThatThrownBy(() -> Clicks.NONE.with(Clicks.MAX + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Clicks.NONE.with(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
