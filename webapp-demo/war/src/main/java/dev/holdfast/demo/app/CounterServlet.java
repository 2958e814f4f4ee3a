package dev.holdfast.demo.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.OptionalInt;

/** Counts clicks; each brings its number along, and the answer to the click is the page itself, without a redirect, except on the start page. */
public final class CounterServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.getRequestDispatcher("/WEB-INF/jsp/counter.jsp").forward(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        OptionalInt number = Parameters.number(request, "n");
        if (number.isEmpty()) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "n is not the number of a click");
            return;
        }
        HttpSession session = request.getSession();
        session.setAttribute(
                SessionView.CLICKS,
                SessionView.clicks(session, SessionView.CLICKS).with(number.getAsInt()));
        if (DashboardServlet.isFrom(request)) {
            SessionView.sign(session);
            Redirects.seeOther(request, response, "/");
        } else {
            request.getRequestDispatcher("/WEB-INF/jsp/counter.jsp").forward(request, response);
        }
    }
}
