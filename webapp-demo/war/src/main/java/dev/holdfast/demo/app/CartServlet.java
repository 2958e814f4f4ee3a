package dev.holdfast.demo.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.OptionalInt;

/** Puts products into the visitor's {@link Cart} and takes them out again, then sends the browser to the cart. */
public final class CartServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private static final int PRODUCT_LENGTH = 40;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.getRequestDispatcher("/WEB-INF/jsp/cart.jsp").forward(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        OptionalInt line = Parameters.number(request, "n");
        if (line.isEmpty()) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "n is not the number of a line");
            return;
        }
        Cart cart = cartOf(request.getSession());
        // Changed in place, and nobody calls setAttribute: most session stores would not notice.
        if ("remove".equals(request.getParameter("do"))) {
            cart.remove(line.getAsInt());
        } else if (!cart.add(line.getAsInt(), product(request))) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "this cart is full");
            return;
        }
        if (DashboardServlet.isFrom(request)) {
            SessionView.sign(request.getSession());
            Redirects.seeOther(request, response, "/");
        } else {
            Redirects.seeOther(request, response, "/cart");
        }
    }

    private static Cart cartOf(HttpSession session) {
        if (session.getAttribute(SessionView.CART) instanceof Cart cart) {
            return cart;
        }
        Cart cart = new Cart();
        session.setAttribute(SessionView.CART, cart);
        return cart;
    }

    private static String product(HttpServletRequest request) {
        String product = Parameters.text(request, "product", PRODUCT_LENGTH);
        return product.isEmpty() ? "a surprise" : product;
    }
}
