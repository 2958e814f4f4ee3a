package dev.holdfast.demo.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.OptionalInt;

/** Keeps the visitor's latest note and the numbers of all; answers the form with {@code sendRedirect}. */
public final class NoteServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private static final int NOTE_LENGTH = 200;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.getRequestDispatcher("/WEB-INF/jsp/note.jsp").forward(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        OptionalInt number = Parameters.number(request, "n");
        if (number.isEmpty()) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "n is not the number of a note");
            return;
        }
        HttpSession session = request.getSession();
        session.setAttribute(SessionView.NOTE, Parameters.text(request, "text", NOTE_LENGTH));
        session.setAttribute(
                SessionView.NOTES,
                SessionView.clicks(session, SessionView.NOTES).with(number.getAsInt()));
        response.sendRedirect(response.encodeRedirectURL(request.getContextPath() + "/note"));
    }
}
