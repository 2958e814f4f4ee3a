package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.scale.LinePlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Sessions and members in numbers. {@code -Dholdfast.test.scale.sessions=100000 -Dholdfast.test.scale.members=32} (it takes 1 GB of heap:
 * {@code -DargLine=-Xmx1g}) and {@code -Dholdfast.test.scale.write=docs/stores/peer-scale} writes the page and its plot.
 */
class ScaleTest {

    private static final int SESSIONS = Integer.getInteger("holdfast.test.scale.sessions", 2_000);
    private static final int MEMBERS = Integer.getInteger("holdfast.test.scale.members", 8);
    private static final String WRITE = System.getProperty("holdfast.test.scale.write", "");
    private static final int SESSION_BYTES = 500;
    /** For one copy of an outline, and what is said of it. */
    private static final long OUTLINE_BYTES = 60;

    private record Row(int members, Scale.Change join, Scale.Change death, long mostCopies, long heapPerMember) {}

    @Test
    void aChangeOfMembersMovesWhatItHasToAndNoMore() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int members = 2; members <= MEMBERS; members *= 2) {
            long before = Scale.usedHeap();
            Scale scale = new Scale(members, SESSIONS, SESSION_BYTES);
            long heap = (Scale.usedHeap() - before) / members;
            long most = scale.mostCopies();
            assertThat(scale.copies()).isEqualTo(2L * SESSIONS);
            Scale.Change join = scale.join();
            assertThat(scale.copies()).isEqualTo(2L * SESSIONS);
            Scale.Change death = scale.death();
            assertThat(scale.copies()).isEqualTo(2L * SESSIONS);
            for (Scale.Change change : List.of(join, death)) {
                System.out.println(change);
                assertThat(change.moved()).isGreaterThanOrEqualTo(change.least());
                assertThat(change.ratio()).isLessThanOrEqualTo(1.2);
                // Everybody compares all that it holds with the other home, or homes: at most two of two copies.
                assertThat(change.bytes())
                        .isLessThan(change.moved() * (SESSION_BYTES + 150)
                                + 4L * SESSIONS * OUTLINE_BYTES
                                + 100L * members * members * 10);
            }
            rows.add(new Row(members, join, death, most, heap));
        }
        if (!WRITE.isEmpty()) {
            // The tests' directory is the module's.
            Path page = Path.of("..", WRITE + ".md");
            Files.writeString(page, page(rows));
            Files.writeString(Path.of("..", WRITE + ".svg"), plot(rows));
        }
    }

    private static String page(List<Row> rows) {
        StringBuilder page = new StringBuilder();
        page.append(String.format(Locale.ROOT, """
                # Peers in numbers: members and sessions

                %,d sessions with one attribute of %d bytes each, two copies of each, in a cluster of 2 to %d members: all in one thread of one JVM, without a
                network (`ScaleTest`). Counted is what the members say to each other when one joins, and when one dies then, until all of them have reported that every
                session has its copies where they belong. "Least" is how many copies have to be made, whatever the way. Time is the processor's for
                all members together, on a machine that others were using.

                ```
                bin/test -pl backend-multicast-peer -am -Dtest=ScaleTest -Dsurefire.failIfNoSpecifiedTests=false -DskipITs -DargLine=-Xmx1g \\
                    -Dholdfast.test.scale.sessions=%d -Dholdfast.test.scale.members=%d -Dholdfast.test.scale.write=docs/stores/peer-scale
                ```

                | members before | | after | copies made | least | ratio | messages | bytes, all | bytes, of the busiest member | processor ms |
                |---|---|---|---|---|---|---|---|---|---|
                """, SESSIONS, SESSION_BYTES, MEMBERS, SESSIONS, MEMBERS));
        for (Row row : rows) {
            line(page, row.members(), "join", row.join());
            line(page, row.members() + 1, "death", row.death());
        }
        page.append("""

                ![Megabytes sent when a member joins or dies, by the number of members](peer-scale.svg)

                | members | copies that the fullest one holds | heap per member, MB |
                |---|---|---|
                """);
        for (Row row : rows) {
            page.append(String.format(
                    Locale.ROOT, "| %d | %,d | %.1f |%n", row.members(), row.mostCopies(), row.heapPerMember() / 1e6));
        }
        page.append("""

                What does not shrink with the number of members is what they compare: each tells the other homes of what it holds an outline of each session, at every change.
                """);
        return page.toString();
    }

    private static void line(StringBuilder page, int before, String what, Scale.Change change) {
        page.append(String.format(
                Locale.ROOT,
                "| %d | %s | %d | %,d | %,d | %.3f | %,d | %,d | %,d | %,d |%n",
                before,
                what,
                change.members(),
                change.moved(),
                change.least(),
                change.ratio(),
                change.messages(),
                change.bytes(),
                change.busiestBytes(),
                change.processorMillis()));
    }

    private static String plot(List<Row> rows) {
        return new LinePlot(
                        "MB sent by all members together",
                        "members before the change",
                        rows.stream()
                                .map(row -> Integer.toString(row.members()))
                                .toList(),
                        List.of(
                                new LinePlot.Line(
                                        "join",
                                        rows.stream()
                                                .map(row -> row.join().bytes() / 1e6)
                                                .toList()),
                                new LinePlot.Line(
                                        "death",
                                        rows.stream()
                                                .map(row -> row.death().bytes() / 1e6)
                                                .toList())))
                .svg();
    }
}
