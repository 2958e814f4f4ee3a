package dev.holdfast.demo.testapp.bytes;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Makes the answer that the path names, one of {@link Answers}. With {@code session=true} it uses its session before, between
 * and after the output, so that there is something to save all the time.
 */
@WebServlet(
        urlPatterns = {"/answers/*", "/ignored/answers/*"},
        asyncSupported = true)
public final class AnswersServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Object included = request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO);
        String name = String.valueOf(included != null ? included : request.getPathInfo())
                .substring(1);
        Answers.Answer answer = Answers.ALL.get(name);
        if (answer == null) {
            // the tests ask for what there is
            response.setContentType("text/plain");
            response.getWriter().print(String.join(",", Answers.ALL.keySet()));
            return;
        }
        boolean session = Boolean.parseBoolean(request.getParameter("session"));
        if (session) {
            request.getSession().setAttribute("before", new StringBuilder("changes"));
        }
        answer.make(request, response);
        if (session && !request.isAsyncStarted()) {
            request.getSession().setAttribute("after", "value");
        }
    }
}
