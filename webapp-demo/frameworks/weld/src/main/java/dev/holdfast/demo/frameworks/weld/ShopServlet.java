package dev.holdfast.demo.frameworks.weld;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;

/** Finds its beans itself: injecting them into servlets needs a part of Weld for each container. */
@WebServlet(
        urlPatterns = {"/cart", "/order", "/login", "/injected", "/dispatched", "/short", "/end", "/ended", "/nothing"},
        asyncSupported = true)
public final class ShopServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getServletPath().equals("/dispatched")) {
            request.startAsync(request, response).dispatch("/cart");
            return;
        }
        response.setContentType("text/plain");
        response.getWriter().print(answer(request));
    }

    private static Object answer(HttpServletRequest request) {
        switch (request.getServletPath()) {
            case "/cart":
                String item = request.getParameter("put");
                if (item != null) {
                    bean(Cart.class).put(item);
                }
                return bean(Cart.class).items();
            case "/order":
                return request.getParameter("cid") == null
                        ? bean(Order.class).begin()
                        : bean(Order.class).step();
            case "/login":
                return request.changeSessionId();
            case "/injected":
                // what beans get that have the request or the session injected
                String injected = bean(HttpServletRequest.class).getSession().getId();
                return Objects.equals(injected, request.getSession().getId());
            case "/short":
                request.getSession().setMaxInactiveInterval(1);
                return "short";
            case "/end":
                request.getSession().invalidate();
                return "ended";
            case "/ended":
                return bean(Ended.class).carts();
            default:
                return "nothing";
        }
    }

    private static <T> T bean(Class<T> type) {
        return CDI.current().select(type).get();
    }
}
