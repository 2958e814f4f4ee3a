package dev.holdfast.demo.testapp;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Does what the query says: every parameter {@code op} is an operation, a verb and its arguments separated by spaces, run in
 * order. The answer has one line for each, its result or the name of the exception; unless the operations wrote a body of
 * their own. Operations nested in another are separated by bars.
 */
@WebServlet(
        urlPatterns = {"/do/*", "/error"},
        asyncSupported = true)
public final class ScriptServlet extends HttpServlet {

    private static final Pattern BAR = Pattern.compile(" *\\| *");
    private static final Set<String> METHODS = Set.of("GET", "POST", "HEAD");

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        // an error dispatch keeps the method of the request that failed
        if (!METHODS.contains(request.getMethod()) && request.getDispatcherType() != DispatcherType.ERROR) {
            super.service(request, response);
            return;
        }
        Run run = new Run(request, response);
        execute(run, operations(request));
        if (request.getDispatcherType() != DispatcherType.INCLUDE && !run.hasBody) {
            print(run);
        }
    }

    @Override
    public void destroy() {
        DispatchOperations.stop();
    }

    static List<String> nested(String operations) {
        return List.of(BAR.split(operations));
    }

    static void execute(Run run, List<String> operations) throws IOException, ServletException {
        for (String operation : operations) {
            String[] words = operation.split(" ");
            String rest = operation.substring(Math.min(operation.length(), words[0].length() + 1));
            List<String> arguments = List.of(words).subList(1, words.length);
            if (words[0].equals("strict")) {
                run.strict = true;
                continue;
            }
            try {
                String result = SessionOperations.run(run, words[0], arguments);
                if (result == null) {
                    result = OutputOperations.run(run, words[0], arguments);
                }
                if (result == null) {
                    result = DispatchOperations.run(run, words[0], rest);
                }
                run.results.add(result == null ? "no such operation: " + operation : result);
            } catch (DispatchOperations.ScriptException e) {
                throw e;
            } catch (RuntimeException e) {
                if (run.strict) {
                    throw e;
                }
                // an application that catches everything and goes on
                run.results.add(e.getClass().getSimpleName());
            }
        }
    }

    static void print(Run run) throws IOException {
        if (run.hasBody) {
            return;
        }
        run.response.setContentType("text/plain;charset=UTF-8");
        synchronized (run.results) {
            for (String result : run.results) {
                run.response.getWriter().write(result + "\n");
            }
        }
    }

    /** From the query of this dispatch, not of the request: a forward's parameters are merged with the outer ones. */
    private static List<String> operations(HttpServletRequest request) {
        Object query = request.getDispatcherType() == DispatcherType.INCLUDE
                ? request.getAttribute(RequestDispatcher.INCLUDE_QUERY_STRING)
                : request.getQueryString();
        List<String> operations = new ArrayList<>();
        if (query != null) {
            for (String parameter : query.toString().split("&")) {
                if (parameter.startsWith("op=")) {
                    operations.add(URLDecoder.decode(parameter.substring(3), StandardCharsets.UTF_8));
                }
            }
        }
        return operations;
    }
}
