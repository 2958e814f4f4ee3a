package dev.holdfast.demo.testapp;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import java.io.IOException;

/** Notes whether Tomcat hands a file to the kernel instead of copying it, which it does only for its own objects. */
@WebFilter(
        urlPatterns = {"/files/*", "/ignored/*"},
        asyncSupported = true)
public final class SendfileProbe implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        Events.note("sendfile " + request.getServletContext().getContextPath() + " "
                + (request.getAttribute("org.apache.tomcat.sendfile.filename") != null));
    }
}
