package dev.holdfast.demo.launcher.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {
    private final Figures figures = new Figures();

    @Test
    void whatNodesHaveCountedIsAddedUp() {
        figures.note(1, status(10, 4, 3, 2));
        figures.note(2, status(5, 1, 1, 1));

        assertThat(figures.requests()).isEqualTo(15);
        assertThat(figures.trips()).isEqualTo(7 + 2 + 2 + 1);
        assertThat(figures.hits()).isEqualTo(4);
        assertThat(figures.reads()).isEqualTo(7 + 2);
        assertThat(figures.bytes()).isEqualTo(200);
    }

    @Test
    void aNodeThatIsAskedAgainCountsOnce() {
        figures.note(1, status(10, 4, 3, 2));
        figures.note(1, status(11, 4, 3, 2));

        assertThat(figures.requests()).isEqualTo(11);
    }

    @Test
    void whatADeadProcessCountedStays() {
        figures.note(1, status(10, 4, 3, 2));
        figures.note(2, status(1, 0, 0, 0));

        assertThat(figures.requests()).isEqualTo(11);
    }

    @Test
    void aNodeThatTellsNothingIsNoTrouble() {
        figures.note(1, "{\"requests\": null, \"beans\": {}}");

        assertThat(figures.requests()).isZero();
        assertThat(figures.trips()).isZero();
    }

    @Test
    void membersAreThoseThatEachNodeSees() {
        figures.note(1, "{\"requests\": 1, \"beans\": {\"Store\": {\"Loads\": 1, \"members\": 3, \"settled\": 1}}}");
        figures.note(2, status(1, 0, 0, 0));

        assertThat(figures.members(1)).isEqualTo(3);
        assertThat(figures.members(2)).isNull();
        assertThat(figures.members(4)).isNull();
    }

    private static String status(int requests, int found, int unchanged, int saves) {
        return ("{\"node\": \"a\", \"requests\": %d, \"beans\": {\"Sessions\": {\"TrustedReads\": 0}, \"Store\": {\"BytesLoaded\": 60,"
                        + " \"BytesSaved\": 40, \"Loads\": %d, \"LoadsFound\": %d, \"LoadsUnchanged\": %d, \"Saves\": %d}}}")
                .formatted(requests, found + unchanged, found, unchanged, saves);
    }
}
