package dev.holdfast.demo.suite.install.app;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Adds a listener by code. */
@WebListener
public final class AtStart implements ServletContextListener {

    @Override
    public void contextInitialized(ServletContextEvent event) {
        event.getServletContext().addListener(new ByCode());
    }
}
