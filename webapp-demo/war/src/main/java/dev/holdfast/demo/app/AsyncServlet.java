package dev.holdfast.demo.app;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Does a job in a thread of its own, which changes the session after the servlet has returned. The job ends its request
 * either by writing the answer and completing it, or by a dispatch to the page.
 */
public final class AsyncServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private static final int WORKERS = 4;
    private static final long TIMEOUT_MILLIS = 30_000;

    private transient @Nullable ExecutorService workers;

    @Override
    public void init() {
        AtomicInteger count = new AtomicInteger();
        workers = Executors.newFixedThreadPool(WORKERS, job -> new Thread(job, "demo-job-" + count.incrementAndGet()));
    }

    @Override
    public void destroy() {
        if (workers != null) {
            workers.shutdown();
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.getRequestDispatcher("/WEB-INF/jsp/async.jsp").forward(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.isAsyncSupported() && workers != null) {
            start(request, response, workers);
        } else {
            throw new ServletException("this request cannot be asynchronous: a filter or servlet before it is not");
        }
    }

    private void start(HttpServletRequest request, HttpServletResponse response, ExecutorService threads)
            throws IOException {
        OptionalInt number = Parameters.number(request, "n");
        if (number.isEmpty()) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "n is not the number of a job");
            return;
        }
        boolean dispatch = "dispatch".equals(request.getParameter("end"));
        AsyncContext async = request.startAsync();
        async.setTimeout(TIMEOUT_MILLIS);
        threads.execute(() -> run(async, number.getAsInt(), dispatch));
    }

    /** In a worker's thread, with nothing left of the servlet's call but the context. */
    private void run(AsyncContext async, int number, boolean dispatch) {
        try {
            HttpServletRequest request = (HttpServletRequest) async.getRequest();
            HttpSession session = request.getSession();
            Clicks jobs = SessionView.clicks(session, SessionView.JOBS).with(number);
            session.setAttribute(SessionView.JOBS, jobs);
            if (dispatch) {
                async.dispatch("/WEB-INF/jsp/async.jsp");
            } else {
                answer((HttpServletResponse) async.getResponse(), request.getContextPath(), number, jobs);
                async.complete();
            }
        } catch (IOException | RuntimeException e) {
            getServletContext().log("job " + number + " failed", e);
            fail(async);
        }
    }

    private static void answer(HttpServletResponse response, String contextPath, int number, Clicks jobs)
            throws IOException {
        response.setContentType("text/html;charset=UTF-8");
        PrintWriter page = response.getWriter();
        page.println("<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">"
                + "<title>Job done</title>");
        page.printf("<h1>Job %d is done</h1><p>By a thread of its own on %s.%n", number, Html.text(Node.name()));
        page.printf("<p>Jobs of this session: <data class=\"jobs\" value=\"%1$s\">%1$s</data>%n", jobs.ranges());
        page.printf("<p><a href=\"%s/async\">Back</a></html>%n", Html.text(contextPath));
    }

    private void fail(AsyncContext async) {
        try {
            HttpServletResponse response = (HttpServletResponse) async.getResponse();
            if (!response.isCommitted()) {
                response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            }
            async.complete();
        } catch (IOException | IllegalStateException e) {
            // The request has ended meanwhile, or its client is gone: there is nobody left to tell.
            getServletContext().log("a failed job's request could not be answered", e);
        }
    }
}
