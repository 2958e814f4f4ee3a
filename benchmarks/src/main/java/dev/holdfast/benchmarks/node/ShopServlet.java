package dev.holdfast.benchmarks.node;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What every compared system runs. Each answer tells the number of changes that the session has seen, so that a client knows when it
 * is served an old one. A session holds some strings, and for 10 KB beans too; {@code /change} replaces one string, whose length is
 * a tenth (1 KB) or a twentieth (10 KB) of the session.
 */
public final class ShopServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private static final String CHANGED = "changed";
    private static final int COUNT_DIGITS = 9;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String answer = switch (request.getServletPath()) {
            case "/plain" -> "0";
            case "/new" -> fill(request);
            case "/read" -> read(request);
            case "/change" -> change(request);
            default -> null;
        };
        if (answer == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        byte[] body = answer.getBytes(StandardCharsets.US_ASCII);
        response.setContentType("text/plain");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** {@code /new?kb=1} or {@code /new?kb=10} */
    private static String fill(HttpServletRequest request) {
        boolean small = request.getParameter("kb").equals("1");
        HttpSession session = request.getSession();
        session.setAttribute(CHANGED, counted(0, small ? 100 : 500));
        for (int i = 1; i < 10; i++) {
            session.setAttribute("text" + i, counted(i, small ? 100 : 500));
        }
        if (!small) {
            for (int i = 0; i < 10; i++) {
                session.setAttribute("bean" + i, new Order(i));
            }
        }
        return "0";
    }

    private static String read(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || session.getAttribute("text1") == null) {
            return "-1";
        }
        return count((String) session.getAttribute(CHANGED));
    }

    private static String change(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null) {
            return "-1";
        }
        String before = (String) session.getAttribute(CHANGED);
        if (before == null) {
            return "-1";
        }
        int count = Integer.parseInt(count(before)) + 1;
        session.setAttribute(CHANGED, counted(count, before.length()));
        return Integer.toString(count);
    }

    private static String count(String text) {
        return Integer.toString(Integer.parseInt(text, 0, COUNT_DIGITS, 10));
    }

    /** Does not compress to nothing: no two nine letters of it are alike. */
    private static String counted(int count, int length) {
        StringBuilder text = new StringBuilder(length);
        String digits = Integer.toString(count);
        text.append("0".repeat(COUNT_DIGITS - digits.length())).append(digits);
        long random = count * 0x9E3779B97F4A7C15L + length;
        while (text.length() < length) {
            random = random * 6364136223846793005L + 1442695040888963407L;
            text.append((char) ('a' + (random >>> 33) % 26));
        }
        return text.toString();
    }
}
