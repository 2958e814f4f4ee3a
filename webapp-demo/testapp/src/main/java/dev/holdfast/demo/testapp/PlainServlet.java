package dev.holdfast.demo.testapp;

import jakarta.servlet.GenericServlet;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** A servlet that does not insist on HTTP. */
public final class PlainServlet extends GenericServlet {

    @Override
    public void service(ServletRequest request, ServletResponse response) throws IOException {
        Events.note(
                "plain servlet, http=" + (request instanceof HttpServletRequest) + " " + request.getParameter("note"));
    }
}
