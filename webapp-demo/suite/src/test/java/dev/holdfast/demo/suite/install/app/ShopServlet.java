package dev.holdfast.demo.suite.install.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/** Counts in the session, ends it, and tells what was heard. */
@WebServlet(urlPatterns = {"/count", "/end", "/heard", "/early"})
public final class ShopServlet extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=UTF-8");
        switch (request.getServletPath()) {
            case "/count" -> {
                Object before = request.getSession().getAttribute("cart");
                int now = before == null ? 1 : (Integer) before + 1;
                request.getSession().setAttribute("cart", now);
                response.getWriter().print(now);
            }
            case "/end" -> {
                request.getSession().invalidate();
                response.getWriter().print("ended");
            }
            case "/heard" -> {
                for (String line : List.copyOf(Heard.lines())) {
                    response.getWriter().println(line);
                }
                LongSupplier counter =
                        (LongSupplier) getServletContext().getAttribute("dev.holdfast.demo.nativeSessions");
                response.getWriter().println("native sessions " + counter.getAsLong());
                response.getWriter()
                        .println("filters "
                                + getServletContext().getFilterRegistrations().keySet());
            }
            default -> response.getWriter().print("ok");
        }
    }
}
