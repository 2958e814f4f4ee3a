package dev.holdfast.demo.testapp;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** What the suite asks the node about itself; under a path that the filter ignores. */
@WebServlet("/control/*")
public final class ControlServlet extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=UTF-8");
        PrintWriter out = response.getWriter();
        String what = String.valueOf(request.getPathInfo());
        String of = String.valueOf(request.getParameter("of"));
        switch (what) {
            case "/node" -> out.print(getServletContext().getAttribute("dev.holdfast.demo.node"));
            case "/native-sessions" -> out.print(nativeSessions());
            case "/events" -> Events.with(of).forEach(event -> out.write(event + "\n"));
            case "/count" -> out.print(Events.with(of).size());
            case "/open" -> Gates.open(of);
            case "/arrived" -> out.print(Gates.arrived(of));
            case "/request-class" -> out.print(request.getClass().getName());
            case "/threads" ->
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .sorted()
                        .forEach(name -> out.write(name + "\n"));
            default -> response.sendError(404);
        }
    }

    private long nativeSessions() {
        return ((LongSupplier) getServletContext().getAttribute("dev.holdfast.demo.nativeSessions")).getAsLong();
    }
}
