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

    /** No record: of these older serializers know nothing. */
    private static final class Line implements Serializable {

        private static final long serialVersionUID = 1;

        private final String article;
        private final int count;
        private final BigDecimal price;

        Line(String article, int count, BigDecimal price) {
            this.article = article;
            this.count = count;
            this.price = price;
        }

        @Override
        public String toString() {
            return count + " times " + article + " at " + price;
        }
    }
}
