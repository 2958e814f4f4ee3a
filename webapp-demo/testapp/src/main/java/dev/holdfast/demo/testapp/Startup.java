package dev.holdfast.demo.testapp;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

/** The application's context listener, declared in web.xml. */
public final class Startup implements ServletContextListener {

    @Override
    public void contextInitialized(ServletContextEvent event) {
        event.getServletContext().addListener(CodeListener.class);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        System.out.println("context destroyed, held: " + Held.describe() + ", destroyed sessions: "
                + Events.with("destroyed first").size());
    }
}
