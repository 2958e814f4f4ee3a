package dev.holdfast.demo.frameworks.faces;

import jakarta.enterprise.context.SessionScoped;
import jakarta.inject.Named;
import java.io.Serializable;

@Named
@SessionScoped
public class User implements Serializable {

    private static final long serialVersionUID = 1;

    private int clicks;

    public int getClicks() {
        return clicks;
    }

    void clicked() {
        clicks++;
    }
}
