package dev.holdfast.demo.suite.install.app;

import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;

/** Runs before all filters, and so takes the container's session. */
public final class EarlyListener implements ServletRequestListener {

    @Override
    public void requestInitialized(ServletRequestEvent event) {
        HttpServletRequest request = (HttpServletRequest) event.getServletRequest();
        if (request.getServletPath().equals("/early")) {
            request.getSession();
        }
    }
}
