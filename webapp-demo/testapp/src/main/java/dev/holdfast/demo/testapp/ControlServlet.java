package dev.holdfast.demo.testapp;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.LongSupplier;

/** What the suite asks the node about itself; under a path that the filter ignores. */
@WebServlet("/control/*")
public final class ControlServlet extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=UTF-8");
        String what = String.valueOf(request.getPathInfo());
        switch (what) {
            case "/native-sessions" -> {
                LongSupplier counter =
                        (LongSupplier) getServletContext().getAttribute("dev.holdfast.demo.nativeSessions");
                response.getWriter().print(counter.getAsLong());
            }
            case "/node" -> response.getWriter().print(getServletContext().getAttribute("dev.holdfast.demo.node"));
            default -> response.sendError(404);
        }
    }
}
