package dev.holdfast.demo.launcher.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpectedNumbersTest {
    private final ExpectedNumbers expected = new ExpectedNumbers();

    @Test
    void anAcknowledgedWriteThatIsMissingIsLostOnce() {
        expected.added(1);
        expected.added(2);

        assertThat(lostOn("1")).isEqualTo("2");
        assertThat(lostOn("1")).isEmpty();
    }

    @Test
    void anUnacknowledgedWriteMayBeThereOrNotOrLater() {
        expected.added(1);
        expected.perhapsAdded(2);

        assertThat(difference("1")).isEqualTo("lost [] strange []");
        assertThat(difference("1-2")).isEqualTo("lost [] strange []");
    }

    @Test
    void anUnacknowledgedWriteThatHasBeenSeenMustStay() {
        expected.perhapsAdded(2);
        difference("2");

        assertThat(lostOn("")).isEqualTo("2");
    }

    @Test
    void anUnacknowledgedWriteDoesNotHideALostOne() {
        expected.added(1);
        expected.perhapsAdded(2);

        assertThat(lostOn("2")).isEqualTo("1");
    }

    @Test
    void aWriteThatNobodyMadeIsStrange() {
        expected.added(1);

        assertThat(difference("1 5")).isEqualTo("lost [] strange [5]");
    }

    @Test
    void anAcknowledgedRemovalThatComesBackIsStrange() {
        expected.added(1);
        expected.removed(1);

        assertThat(difference("1")).isEqualTo("lost [] strange [1]");
    }

    @Test
    void anUnacknowledgedRemovalMayHaveBeenMadeOrNotYet() {
        expected.added(1);
        expected.perhapsRemoved(1);

        assertThat(difference("1")).isEqualTo("lost [] strange []");
        assertThat(difference("")).isEqualTo("lost [] strange []");
    }

    @Test
    void aRepeatedWriteThatIsAcknowledgedAtLastMustStay() {
        expected.perhapsAdded(1);
        expected.added(1);

        assertThat(lostOn("")).isEqualTo("1");
    }

    private String lostOn(String seen) {
        return NumberRanges.print(expected.compareWith(NumberRanges.parse(seen)).lost());
    }

    private String difference(String seen) {
        ExpectedNumbers.Difference difference = expected.compareWith(NumberRanges.parse(seen));
        return "lost [" + NumberRanges.print(difference.lost()) + "] strange ["
                + NumberRanges.print(difference.strange()) + "]";
    }
}
