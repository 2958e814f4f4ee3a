package dev.holdfast.demo.app;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests for pages; files and {@link StatusServlet} use no session and are not among them. */
public final class RequestCount implements ServletContextListener, ServletRequestListener {

    static final String CONTEXT_ATTRIBUTE = "requestCount";

    private final LongAdder requests = new LongAdder();

    @Override
    public void contextInitialized(ServletContextEvent event) {
        event.getServletContext().setAttribute(CONTEXT_ATTRIBUTE, requests);
    }

    @Override
    public void requestInitialized(ServletRequestEvent event) {
        if (event.getServletRequest() instanceof HttpServletRequest http
                && !http.getRequestURI().matches(".*(/status|\\.css|\\.js|\\.ico|\\.svg)")) {
            requests.increment();
        }
    }
}
