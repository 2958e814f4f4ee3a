package dev.holdfast.demo.testapp;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations of a script that concern the answer and the request. */
final class OutputOperations {

    private OutputOperations() {}

    /** The result, or null if the operation is none of these. */
    static @Nullable String run(Run run, String verb, List<String> arguments) throws IOException, ServletException {
        switch (verb) {
            case "write" -> body(run).getOutputStream().write(filled(number(arguments)));
            case "write-single" -> {
                ServletOutputStream out = body(run).getOutputStream();
                for (int i = number(arguments); i > 0; i--) {
                    out.write('x');
                }
            }
            case "print" -> body(run).getOutputStream().print("x".repeat(number(arguments)));
            case "chars" -> chars(run, arguments);
            case "flush" -> body(run).flushBuffer();
            case "flush-writer" -> body(run).getWriter().flush();
            case "flush-stream" -> body(run).getOutputStream().flush();
            case "close-writer" -> body(run).getWriter().close();
            case "close-stream" -> body(run).getOutputStream().close();
            case "length" -> run.response.setContentLength(number(arguments));
            case "buffer" -> run.response.setBufferSize(number(arguments));
            case "reset" -> run.response.reset();
            case "reset-buffer" -> run.response.resetBuffer();
            case "status" -> run.response.setStatus(number(arguments));
            case "type" -> run.response.setContentType(arguments.get(0));
            case "header" -> run.response.setHeader(arguments.get(0), arguments.get(1));
            case "add-header" -> run.response.addHeader(arguments.get(0), arguments.get(1));
            case "cookie" -> run.response.addCookie(cookie(arguments));
            case "redirect" -> body(run).sendRedirect(arguments.get(0));
            case "error" -> body(run).sendError(number(arguments), arguments.size() > 1 ? arguments.get(1) : "told to");
            case "quiet" -> body(run);
            case "nonblocking" -> nonBlocking(run, number(arguments));
            default -> {
                return request(run, verb, arguments);
            }
        }
        return "ok";
    }

    private static @Nullable String request(Run run, String verb, List<String> arguments)
            throws ServletException, IOException {
        return switch (verb) {
            case "committed" -> "" + run.response.isCommitted();
            case "parameter" -> String.valueOf(run.request.getParameter(arguments.get(0)));
            case "user" -> String.valueOf(run.request.getRemoteUser());
            case "login" -> {
                run.request.login(arguments.get(0), arguments.get(1));
                yield String.valueOf(run.request.getRemoteUser());
            }
            case "logout" -> {
                run.request.logout();
                yield String.valueOf(run.request.getRemoteUser());
            }
            case "authenticate" -> "" + run.request.authenticate(run.response);
            case "request-class" -> run.request.getClass().getName();
            case "chain" -> chain(run.request);
            default -> null;
        };
    }

    /** The classes of the request and of what it wraps. */
    private static String chain(jakarta.servlet.ServletRequest request) {
        StringBuilder chain = new StringBuilder(request.getClass().getSimpleName());
        while (request instanceof jakarta.servlet.ServletRequestWrapper wrapper) {
            request = wrapper.getRequest();
            chain.append(" > ").append(request.getClass().getSimpleName());
        }
        return chain.toString();
    }

    private static jakarta.servlet.http.HttpServletResponse body(Run run) {
        run.hasBody = true;
        return run.response;
    }

    private static int number(List<String> arguments) {
        return Integer.parseInt(arguments.get(0));
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }

    /** So many characters of that code point, UTF-8, by the writer. */
    private static void chars(Run run, List<String> arguments) throws IOException {
        run.response.setCharacterEncoding("UTF-8");
        String character = Character.toString(Integer.parseInt(arguments.get(1), 16));
        body(run).getWriter().write(character.repeat(number(arguments)));
    }

    private static Cookie cookie(List<String> arguments) {
        Cookie cookie = new Cookie(arguments.get(0), arguments.get(1));
        if (arguments.size() > 2) {
            cookie.setPath(arguments.get(2));
        }
        return cookie;
    }

    /** Writes so many kilobytes whenever the container can take some, then completes. */
    private static void nonBlocking(Run run, int kilobytes) throws IOException {
        var context = run.request.startAsync();
        ServletOutputStream out = body(run).getOutputStream();
        byte[] kilobyte = "0123456789abcdef".repeat(64).getBytes(StandardCharsets.US_ASCII);
        out.setWriteListener(new WriteListener() {
            private int left = kilobytes;

            @Override
            public void onWritePossible() throws IOException {
                while (out.isReady()) {
                    if (left-- == 0) {
                        context.complete();
                        return;
                    }
                    out.write(kilobyte);
                }
            }

            @Override
            public void onError(Throwable error) {
                Events.note("write error " + error.getClass().getName());
                context.complete();
            }
        });
    }
}
