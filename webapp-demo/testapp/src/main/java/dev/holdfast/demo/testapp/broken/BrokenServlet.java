package dev.holdfast.demo.testapp.broken;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Requests whose store goes away in the middle of them, by name; the name alone says what is special. Repaired by a request to
 * {@code /ignored/repair}.
 */
@WebServlet(
        urlPatterns = {"/broken/*", "/ignored/repair"},
        asyncSupported = true)
public final class BrokenServlet extends HttpServlet {

    private interface Case {
        void run(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
    }

    private static final String LIE = "all is well";

    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    static {
        beforeTheFirstByte();
        afterIt();
    }

    /**
     * What a request changes that then cannot be saved. The store is broken before the change: of an asynchronous request the
     * container's thread saves, when it leaves the filter, what is there by then.
     */
    private static void changeAndBreak(HttpServletRequest request) {
        HttpSession session = request.getSession();
        BreakableStore.broken = true;
        session.setAttribute("n", "unsaved");
    }

    private static void beforeTheFirstByte() {
        CASES.put("plain", (q, r) -> {
            changeAndBreak(q);
            r.getWriter().print(LIE);
        });
        CASES.put("no-output", (q, r) -> changeAndBreak(q));
        CASES.put("headers", (q, r) -> {
            r.setHeader("X-Lie", "1");
            r.setStatus(201);
            r.setContentType("image/png");
            changeAndBreak(q);
            r.getOutputStream().print(LIE);
        });
        CASES.put("flush-caught", (q, r) -> {
            changeAndBreak(q);
            r.getWriter().print(LIE);
            try {
                r.flushBuffer();
            } catch (RuntimeException e) {
                r.getWriter().print(LIE);
                r.getWriter().flush();
                r.getWriter().close();
            }
        });
        CASES.put("large-caught", (q, r) -> {
            changeAndBreak(q);
            for (int i = 0; i < 20; i++) {
                try {
                    r.getOutputStream().write(LIE.repeat(1000).getBytes("US-ASCII"));
                } catch (RuntimeException e) {
                    r.getOutputStream().print(LIE);
                }
            }
        });
        CASES.put("redirect", (q, r) -> {
            changeAndBreak(q);
            r.sendRedirect("/app/elsewhere");
        });
        CASES.put("redirect-caught", (q, r) -> {
            changeAndBreak(q);
            try {
                r.sendRedirect("/app/elsewhere");
            } catch (RuntimeException e) {
                r.sendRedirect("/app/elsewhere");
            }
        });
        CASES.put("error", (q, r) -> {
            changeAndBreak(q);
            r.sendError(404);
        });
        CASES.put("error-caught", (q, r) -> {
            changeAndBreak(q);
            try {
                r.flushBuffer();
            } catch (RuntimeException e) {
                r.sendError(500);
            }
        });
        CASES.put("error-page", (q, r) -> {
            changeAndBreak(q);
            r.sendError(418);
        });
        CASES.put("exception", (q, r) -> {
            changeAndBreak(q);
            throw new IllegalStateException("on purpose");
        });
        CASES.put("reset", (q, r) -> {
            changeAndBreak(q);
            try {
                r.flushBuffer();
            } catch (RuntimeException e) {
                r.reset();
                r.getWriter().print(LIE);
            }
        });
        CASES.put("forward", (q, r) -> q.getRequestDispatcher("/broken/plain").forward(q, r));
        CASES.put("forward-jsp", (q, r) -> {
            changeAndBreak(q);
            q.getRequestDispatcher("/bytes/page.jsp").forward(q, r);
        });
        CASES.put("include", (q, r) -> {
            changeAndBreak(q);
            q.getRequestDispatcher("/answers/stream-100").include(q, r);
            r.getOutputStream().print(LIE);
        });
        CASES.put("load", (q, r) -> {
            BreakableStore.broken = true;
            r.getWriter().print(LIE + q.getSession(false));
        });
        CASES.put("load-caught", (q, r) -> {
            BreakableStore.broken = true;
            r.getWriter().print(LIE);
            try {
                q.getSession(false);
            } catch (RuntimeException e) {
                r.getWriter().print(LIE);
            }
        });
        CASES.put("change-id", (q, r) -> {
            q.getSession();
            BreakableStore.broken = true;
            q.changeSessionId();
            r.getWriter().print(LIE);
        });
        CASES.put("async", (q, r) -> {
            AsyncContext context = q.startAsync();
            context.start(() -> {
                try {
                    changeAndBreak((HttpServletRequest) context.getRequest());
                    context.getResponse().getWriter().print(LIE);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                } finally {
                    context.complete();
                }
            });
        });
        CASES.put("async-complete-at-once", (q, r) -> {
            AsyncContext context = q.startAsync(q, r);
            changeAndBreak(q);
            r.getWriter().print(LIE);
            context.complete();
        });
        CASES.put("async-dispatch", (q, r) -> {
            AsyncContext context = q.startAsync();
            changeAndBreak(q);
            context.dispatch("/answers/stream-10000");
        });
        CASES.put("async-dispatch-ours", (q, r) -> {
            AsyncContext context = q.startAsync(q, r);
            changeAndBreak(q);
            context.dispatch("/answers/stream-10000");
        });
    }

    private static void afterIt() {
        CASES.put("late", (q, r) -> {
            begin(r);
            changeAndBreak(q);
            r.getOutputStream().print(LIE);
        });
        CASES.put("late-no-output", (q, r) -> {
            begin(r);
            changeAndBreak(q);
        });
        CASES.put("late-caught", (q, r) -> {
            begin(r);
            changeAndBreak(q);
            try {
                r.flushBuffer();
            } catch (RuntimeException e) {
                r.getOutputStream().print(LIE);
                r.getOutputStream().close();
            }
        });
        CASES.put("late-close-caught", (q, r) -> {
            begin(r);
            changeAndBreak(q);
            try {
                r.getOutputStream().close();
            } catch (RuntimeException e) {
                r.getOutputStream().close();
            }
        });
        CASES.put("late-length", (q, r) -> {
            r.setContentLength(5 + LIE.length());
            begin(r);
            changeAndBreak(q);
            try {
                r.getOutputStream().print(LIE);
            } catch (RuntimeException e) {
                r.getOutputStream().print(LIE);
            }
        });
        CASES.put("late-load", (q, r) -> {
            begin(r);
            BreakableStore.broken = true;
            try {
                q.getSession(false);
            } catch (RuntimeException e) {
                r.getOutputStream().print(LIE);
            }
        });
        CASES.put("late-exception", (q, r) -> {
            begin(r);
            changeAndBreak(q);
            throw new IllegalStateException("on purpose");
        });
        CASES.put("late-async", (q, r) -> {
            AsyncContext context = q.startAsync();
            context.start(() -> {
                try {
                    begin((HttpServletResponse) context.getResponse());
                    changeAndBreak((HttpServletRequest) context.getRequest());
                    context.getResponse().getOutputStream().print(LIE);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                } finally {
                    context.complete();
                }
            });
        });
        CASES.put("late-async-ours", (q, r) -> {
            AsyncContext context = q.startAsync(q, r);
            begin(r);
            changeAndBreak(q);
            context.complete();
        });
        CASES.put("late-async-dispatch", (q, r) -> {
            AsyncContext context = q.startAsync();
            begin(r);
            changeAndBreak(q);
            context.dispatch("/answers/stream-100");
        });
    }

    private static void begin(HttpServletResponse response) throws IOException {
        response.getOutputStream().print("begun");
        response.flushBuffer();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.getServletPath().equals("/ignored/repair")) {
            BreakableStore.broken = false;
            response.getWriter().print(String.join(",", CASES.keySet()));
            return;
        }
        String name = request.getPathInfo().substring(1);
        if (name.equals("set")) {
            request.getSession().setAttribute("n", "saved");
        } else if (name.equals("get")) {
            response.getWriter().print("n=" + request.getSession().getAttribute("n"));
        } else {
            Objects.requireNonNull(CASES.get(name), name).run(request, response);
        }
    }
}
