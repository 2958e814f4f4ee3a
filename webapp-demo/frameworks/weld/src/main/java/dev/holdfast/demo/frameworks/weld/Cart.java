package dev.holdfast.demo.frameworks.weld;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.SessionScoped;
import jakarta.inject.Inject;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** A session scoped bean as they are written: changed in place, with another bean injected, called when it ends. */
@SessionScoped
public class Cart implements Serializable {

    private static final long serialVersionUID = 1;

    private final List<String> items = new ArrayList<>();

    @Inject
    private Ended ended;

    public void put(String item) {
        items.add(item);
    }

    public List<String> items() {
        return List.copyOf(items);
    }

    @PreDestroy
    void end() {
        ended.heard(items);
    }
}
