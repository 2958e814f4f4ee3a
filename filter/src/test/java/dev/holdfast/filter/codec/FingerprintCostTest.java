package dev.holdfast.filter.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a comparison costs: objects are asserted, time is printed. */
class FingerprintCostTest {

    private static final int WALKS = 50_000;

    static final class Item implements Serializable {
        private static final long serialVersionUID = 1;
        final String sku;
        final String title;
        final BigDecimal price;
        int quantity;

        Item(String sku, String title, BigDecimal price, int quantity) {
            this.sku = sku;
            this.title = title;
            this.price = price;
            this.quantity = quantity;
        }
    }

    static final class Cart implements Serializable {
        private static final long serialVersionUID = 1;
        final List<Item> items = new ArrayList<>();
        String voucher;
    }

    static Cart cart() {
        Cart cart = new Cart();
        for (int i = 0; i < 20; i++) {
            cart.items.add(new Item("SKU-" + 1000 * i, "A thing of number " + i, BigDecimal.valueOf(1990 + i, 2), i));
        }
        return cart;
    }

    @Test
    void aWalkOverACartOfTwentyItemsMakesNoObjects() {
        Cart cart = cart();
        Fingerprints fingerprints = new Fingerprints();
        long first = fingerprints.of(cart);
        assertThat(first).isNotEqualTo(Fingerprints.NONE);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        long bytes = Long.MAX_VALUE;
        long nanos = Long.MAX_VALUE;
        long different = 0;
        for (int round = 0; round < 20; round++) {
            long bytesBefore = threads.getThreadAllocatedBytes(self);
            long nanosBefore = System.nanoTime();
            for (int i = 0; i < WALKS; i++) {
                different += fingerprints.of(cart) ^ first;
            }
            nanos = Math.min(nanos, System.nanoTime() - nanosBefore);
            bytes = Math.min(bytes, threads.getThreadAllocatedBytes(self) - bytesBefore);
        }
        System.out.printf(
                "fingerprint of a cart of 20 items: %.2f µs, %.1f bytes; its encoding: %d bytes%n",
                nanos / 1000.0 / WALKS, (double) bytes / WALKS, Codecs.jdk().encode("cart", cart).length);
        assertThat(different).isZero();
        assertThat(bytes / WALKS).isLessThan(16);
    }
}
