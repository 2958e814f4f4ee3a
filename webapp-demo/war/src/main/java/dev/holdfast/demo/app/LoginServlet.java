package dev.holdfast.demo.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;

/** Logs a visitor in under any name; the session gets a new id then, so that one known before is worth nothing. */
public final class LoginServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private static final int NAME_LENGTH = 40;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.getRequestDispatcher("/WEB-INF/jsp/login.jsp").forward(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = Parameters.text(request, "name", NAME_LENGTH);
        if (name.isEmpty()) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "a name is missing");
            return;
        }
        HttpSession session = request.getSession();
        if (!session.isNew()) {
            request.changeSessionId();
        }
        session.setAttribute(SessionView.USER, name);
        Redirects.seeOther(request, response, "/session.jsp");
    }
}
