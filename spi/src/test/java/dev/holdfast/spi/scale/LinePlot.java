package dev.holdfast.spi.scale;

import java.util.List;
import java.util.Locale;

/**
 * Lines over the same few places, as SVG. Immutable.
 *
 * @param up what goes up, as a title
 * @param along what goes along, under the plot
 * @param places their names, in order
 * @param lines with a value for each place
 */
public record LinePlot(String up, String along, List<String> places, List<Line> lines) {

    private static final List<String> COLOURS = List.of("#1b6ca8", "#b5482a", "#3a7d44", "#7a4fa3");

    /** @param values from zero; NaN where there is none, at the end only */
    public record Line(String name, List<Double> values) {}

    /** The document. */
    public String svg() {
        double most = lines.stream()
                .flatMap(line -> line.values().stream())
                .filter(value -> !value.isNaN())
                .mapToDouble(value -> value)
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 330" font-family="sans-serif" font-size="12">
                <rect width="560" height="330" fill="white"/>
                <path d="M60 20V270H540" fill="none" stroke="black"/>
                """);
        svg.append("<text x=\"300\" y=\"310\" text-anchor=\"middle\">" + along + "</text>\n");
        svg.append("<text x=\"70\" y=\"16\">" + up + ":");
        for (int i = 0; i < lines.size(); i++) {
            svg.append((i == 0 ? "" : ",") + " <tspan fill=\"" + COLOURS.get(i) + "\">"
                    + lines.get(i).name() + "</tspan>");
        }
        svg.append("</text>\n");
        for (int i = 0; i < places.size(); i++) {
            text(svg, x(i), 288, "middle", places.get(i));
        }
        for (int i = 0; i <= 4; i++) {
            text(svg, 54, 274 - 60 * i, "end", String.format(Locale.ROOT, "%.1f", most * i / 4));
        }
        for (int i = 0; i < lines.size(); i++) {
            line(svg, lines.get(i), COLOURS.get(i), most);
        }
        return svg.append("</svg>\n").toString();
    }

    private double x(int place) {
        return 60 + 480.0 * (place + 0.5) / places.size();
    }

    private static void text(StringBuilder svg, double x, int y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.0f\" y=\"%d\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }

    private void line(StringBuilder svg, Line line, String colour, double most) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < places.size(); i++) {
            double value = line.values().get(i);
            if (!Double.isNaN(value)) {
                double y = 270 - 240 * value / most;
                points.append(String.format(Locale.ROOT, "%.0f,%.1f ", x(i), y));
                svg.append(String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.0f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%.3f</title></circle>%n",
                        x(i),
                        y,
                        colour,
                        value));
            }
        }
        svg.append("<polyline fill=\"none\" stroke=\"" + colour + "\" points=\"" + points + "\"/>\n");
    }
}
