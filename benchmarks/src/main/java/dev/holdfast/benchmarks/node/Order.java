package dev.holdfast.benchmarks.node;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/** An attribute as applications have them: a bean that holds others. About half a KB by Java serialization. */
public final class Order implements Serializable {

    private static final long serialVersionUID = 1;

    private final int number;
    private final Date placed;
    private final List<Line> lines = new ArrayList<>();

    Order(int number) {
        this.number = number;
        this.placed = new Date(1_790_000_000_000L + number);
        for (int i = 0; i < 4; i++) {
            lines.add(new Line("article " + number + "/" + i, i, BigDecimal.valueOf(1999 + 7L * i, 2)));
        }
    }

    /** @return so that no compiler leaves a field out */
    @Override
    public String toString() {
        return number + " of " + placed + ": " + lines;
    }

    private record Line(String article, int count, BigDecimal price) implements Serializable {}
}
