package dev.holdfast.demo.frameworks.spring;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.support.WebApplicationContextUtils;

@WebServlet({"/account", "/heard"})
public final class AccountServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        if (request.getServletPath().equals("/heard")) {
            Heard heard = WebApplicationContextUtils.getRequiredWebApplicationContext(getServletContext())
                    .getBean(Heard.class);
            response.getWriter().print(heard.events());
            return;
        }
        HttpSession session = request.getSession();
        Integer visits = (Integer) session.getAttribute("visits");
        int now = visits == null ? 1 : visits + 1;
        session.setAttribute("visits", now);
        response.getWriter()
                .print(request.getRemoteUser() + " "
                        + SecurityContextHolder.getContext().getAuthentication().getAuthorities() + " visit " + now);
    }
}
