package dev.holdfast.demo.suite.install.app;

import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;

/** Tells that it was made, and that sessions begin and end. */
abstract class SessionCounter implements HttpSessionListener {

    SessionCounter() {
        Heard.add("made " + getClass().getSimpleName());
    }

    @Override
    public void sessionCreated(HttpSessionEvent event) {
        Heard.add("created " + getClass().getSimpleName());
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        Heard.add("destroyed " + getClass().getSimpleName() + " cart="
                + event.getSession().getAttribute("cart"));
    }
}
