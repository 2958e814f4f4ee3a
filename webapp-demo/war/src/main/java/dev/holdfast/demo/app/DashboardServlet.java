package dev.holdfast.demo.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The start page: the visitor's session as a whole. Whichever server answers signs in the session's {@link Trace}, as do the servlets
 * that the page's forms go to.
 */
public final class DashboardServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    /** Whether a form is one of this page's, and wants to be answered with it. */
    static boolean isFrom(HttpServletRequest request) {
        return "dashboard".equals(request.getParameter("then"));
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        SessionView.sign(request.getSession());
        request.getRequestDispatcher("/WEB-INF/jsp/dashboard.jsp").forward(request, response);
    }
}
