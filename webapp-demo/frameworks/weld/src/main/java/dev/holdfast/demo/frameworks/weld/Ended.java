package dev.holdfast.demo.frameworks.weld;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The carts that have ended on this node. */
@ApplicationScoped
public class Ended {

    private final List<String> carts = new CopyOnWriteArrayList<>();

    public void heard(List<String> items) {
        carts.add(String.join("+", items));
    }

    public List<String> carts() {
        return List.copyOf(carts);
    }
}
