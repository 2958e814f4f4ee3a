package dev.holdfast.demo.testapp;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The operations of a script that run something elsewhere: dispatches, other threads, asynchronous ends. */
final class DispatchOperations {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "testapp-worker");
        thread.setDaemon(true);
        return thread;
    });

    private DispatchOperations() {}

    static void stop() {
        THREADS.shutdownNow();
    }

    /** The result, or null if the operation is none of these; the rest of the operation's text is its argument. */
    static @Nullable String run(Run run, String verb, String rest) throws IOException, ServletException {
        switch (verb) {
            case "forward" -> {
                dispatcher(run.request.getServletContext(), rest).forward(run.request, run.response);
                run.hasBody = true;
            }
            case "forward-wrapped" -> {
                dispatcher(run.request.getServletContext(), rest)
                        .forward(
                                new HttpServletRequestWrapper(run.request),
                                new HttpServletResponseWrapper(run.response));
                run.hasBody = true;
            }
            case "include" -> dispatcher(run.request.getServletContext(), rest).include(run.request, run.response);
            case "include-wrapped" ->
                dispatcher(run.request.getServletContext(), rest)
                        .include(
                                new HttpServletRequestWrapper(run.request),
                                new HttpServletResponseWrapper(run.response));
            case "include-plain" ->
                dispatcher(run.request.getServletContext(), rest)
                        .include(new ServletRequestWrapper(run.request), run.response);
            case "include-other" -> {
                // "/other /do?op=session"
                String[] parts = rest.split(" ", 2);
                ServletContext other = run.request.getServletContext().getContext(parts[0]);
                if (other == null) {
                    return "no context";
                }
                dispatcher(other, parts[1]).include(run.request, run.response);
            }
            case "thread" -> inThread(run, rest);
            case "async" -> async(run, run.request.startAsync(), rest);
            case "async-wrapped" ->
                async(
                        run,
                        run.request.startAsync(
                                new HttpServletRequestWrapper(run.request),
                                new HttpServletResponseWrapper(run.response)),
                        rest);
            case "async-given" -> async(run, run.request.startAsync(run.request, run.response), rest);
            case "async-start" -> asyncStart(run, rest);
            case "async-dispatch" -> {
                run.hasBody = true;
                AsyncContext context = run.request.startAsync();
                THREADS.execute(() -> context.dispatch(rest));
            }
            case "async-timeout" -> asyncTimeout(run, rest);
            case "async-original" -> {
                return "" + run.request.getAsyncContext().hasOriginalRequestAndResponse();
            }
            case "throw" -> {
                return thrown(rest);
            }
            case "wait" -> {
                return Gates.await(rest);
            }
            case "note" -> Events.note(rest);
            case "note-results" -> Events.note(rest + " " + run.results);
            default -> {
                return null;
            }
        }
        return "ok";
    }

    private static RequestDispatcher dispatcher(ServletContext context, String path) {
        RequestDispatcher dispatcher = context.getRequestDispatcher(path);
        if (dispatcher == null) {
            throw new IllegalArgumentException("no dispatcher for " + path);
        }
        return dispatcher;
    }

    /** Runs operations in another thread while the request waits for it. */
    private static void inThread(Run run, String operations) throws IOException, ServletException {
        try {
            THREADS.submit(() -> {
                        ScriptServlet.execute(run, ScriptServlet.nested(operations));
                        return null;
                    })
                    .get();
        } catch (ExecutionException e) {
            throw new ServletException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServletException(e);
        }
    }

    /** What applications do: keep only the context, and finish elsewhere with its request and response. */
    private static void async(Run run, AsyncContext context, String operations) {
        run.hasBody = true;
        context.setTimeout(30_000);
        THREADS.execute(() -> finish(context, operations));
    }

    private static void asyncStart(Run run, String operations) {
        run.hasBody = true;
        AsyncContext context = run.request.startAsync();
        context.start(() -> finish(context, operations));
    }

    private static void finish(AsyncContext context, String operations) {
        Run later = new Run((HttpServletRequest) context.getRequest(), (HttpServletResponse) context.getResponse());
        try {
            ScriptServlet.execute(later, ScriptServlet.nested(operations));
            ScriptServlet.print(later);
            context.complete();
        } catch (Exception e) {
            Events.note("async failed " + e);
            context.complete();
        }
    }

    private static void asyncTimeout(Run run, String operations) {
        run.hasBody = true;
        AsyncContext context = run.request.startAsync();
        context.setTimeout(200);
        context.addListener(new AsyncListener() {
            @Override
            public void onTimeout(AsyncEvent event) {
                Events.note("async timeout");
                finish(event.getAsyncContext(), operations);
            }

            @Override
            public void onComplete(AsyncEvent event) {}

            @Override
            public void onError(AsyncEvent event) {}

            @Override
            public void onStartAsync(AsyncEvent event) {}
        });
    }

    private static String thrown(String what) throws IOException, ServletException {
        switch (what) {
            case "io" -> throw new IOException("as the script wants");
            case "servlet" -> throw new ServletException("as the script wants");
            case "error" -> throw new AssertionError("as the script wants");
            default -> throw new ScriptException("as the script wants");
        }
    }

    /** A runtime exception of the application. */
    static final class ScriptException extends RuntimeException {
        ScriptException(String message) {
            super(message);
        }
    }
}
