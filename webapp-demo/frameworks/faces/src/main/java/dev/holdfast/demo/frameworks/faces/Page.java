package dev.holdfast.demo.frameworks.faces;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;

/** As long as its page is open; the page's state is kept in the session. */
@Named
@ViewScoped
public class Page implements Serializable {

    private static final long serialVersionUID = 1;

    @Inject
    private User user;

    private int clicks;

    public int getClicks() {
        return clicks;
    }

    public void click() {
        clicks++;
        user.clicked();
    }
}
