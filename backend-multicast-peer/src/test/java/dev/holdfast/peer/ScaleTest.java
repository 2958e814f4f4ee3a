package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

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
        double most = rows.stream()
                .mapToLong(row -> Math.max(row.join().bytes(), row.death().bytes()))
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 330" font-family="sans-serif" font-size="12">
                <rect width="560" height="330" fill="white"/>
                <path d="M60 20V270H540" fill="none" stroke="black"/>
                <text x="300" y="310" text-anchor="middle">members before the change</text>
                <text x="70" y="16">MB sent by all members together: <tspan fill="#1b6ca8">join</tspan>, <tspan fill="#b5482a">death</tspan></text>
                """);
        StringBuilder joins = new StringBuilder();
        StringBuilder deaths = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            double x = 60 + 480.0 * (i + 0.5) / rows.size();
            point(svg, joins, x, 270 - 240 * row.join().bytes() / most, "#1b6ca8", row.join());
            point(svg, deaths, x, 270 - 240 * row.death().bytes() / most, "#b5482a", row.death());
            svg.append(String.format(
                    Locale.ROOT, "<text x=\"%.0f\" y=\"288\" text-anchor=\"middle\">%d</text>%n", x, row.members()));
        }
        for (int i = 0; i <= 4; i++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"54\" y=\"%d\" text-anchor=\"end\">%.1f</text>%n",
                    274 - 60 * i,
                    most * i / 4 / 1e6));
        }
        svg.append("<polyline fill=\"none\" stroke=\"#1b6ca8\" points=\"" + joins + "\"/>\n");
        svg.append("<polyline fill=\"none\" stroke=\"#b5482a\" points=\"" + deaths + "\"/>\n");
        return svg.append("</svg>\n").toString();
    }

    private static void point(
            StringBuilder svg, StringBuilder line, double x, double y, String colour, Scale.Change change) {
        line.append(String.format(Locale.ROOT, "%.0f,%.1f ", x, y));
        svg.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%.0f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%,d bytes</title></circle>%n",
                x,
                y,
                colour,
                change.bytes()));
    }
}
