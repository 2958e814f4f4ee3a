package dev.holdfast.demo.testapp.bytes;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The answers by name. */
final class Answers {

    interface Answer {
        void make(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
    }

    static final Map<String, Answer> ALL;

    static {
        Map<String, Answer> all = new LinkedHashMap<>();
        streams(all);
        writers(all);
        lengths(all);
        codes(all);
        dispatches(all);
        asynchronous(all);
        ALL = Collections.unmodifiableMap(all);
    }

    private Answers() {}

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ('a' + i % 26);
        }
        return bytes;
    }

    private static void streams(Map<String, Answer> all) {
        for (int size : List.of(0, 1, 2049, 8191, 8192, 8193, 10_000, 32_768, 32_769, 200_000)) {
            all.put("stream-" + size, (q, r) -> r.getOutputStream().write(bytes(size)));
        }
        all.put("stream-singles", (q, r) -> {
            for (int i = 0; i < 20_000; i++) {
                r.getOutputStream().write('a' + i % 26);
            }
        });
        all.put("stream-parts", (q, r) -> {
            for (int i = 1; i < 300; i++) {
                r.getOutputStream().write(bytes(400), i % 7, i);
            }
        });
        all.put("stream-byte-buffer", (q, r) -> {
            writeBuffer(r.getOutputStream(), ByteBuffer.wrap(bytes(5000)));
            writeBuffer(
                    r.getOutputStream(),
                    ByteBuffer.allocateDirect(9000).put(bytes(9000)).flip());
            writeBuffer(r.getOutputStream(), ByteBuffer.wrap(bytes(100), 10, 0));
        });
        all.put("stream-flush", (q, r) -> {
            r.getOutputStream().write(bytes(10));
            r.getOutputStream().flush();
            r.getOutputStream().write(bytes(10));
            r.flushBuffer();
            r.getOutputStream().write(bytes(10));
        });
        all.put("stream-close", (q, r) -> {
            r.getOutputStream().write(bytes(10));
            r.getOutputStream().close();
            try {
                r.getOutputStream().write(bytes(10));
            } catch (IOException closed) {
                q.setAttribute("closed", closed);
            }
        });
        all.put("stream-print", (q, r) -> {
            ServletOutputStream out = r.getOutputStream();
            out.print("text");
            out.print((String) null);
            out.print(true);
            out.print('c');
            out.print(-1);
            out.print(Long.MIN_VALUE);
            out.print(1.5f);
            out.print(-2.5e300);
            out.println();
            out.println("line");
            out.println((String) null);
            out.println(false);
            out.println('d');
            out.println(Integer.MAX_VALUE);
            out.println(2L);
            out.println(Float.NaN);
            out.println(Double.MIN_VALUE);
            out.println("x".repeat(9000));
        });
        all.put("stream-print-latin", (q, r) -> {
            r.setCharacterEncoding("ISO-8859-1");
            r.getOutputStream().print("\u00e4\u00f6");
            r.getOutputStream().println("\u00fc");
        });
        all.put("stream-buffer-100", (q, r) -> {
            r.setBufferSize(100);
            r.getOutputStream().write(bytes(99));
            r.getOutputStream().write(bytes(1));
            r.setHeader("X-Late", "perhaps");
            r.getOutputStream().write(bytes(1));
        });
        all.put("stream-buffer-large", (q, r) -> {
            r.setBufferSize(140_000); // so large that Tomcat does not keep it for later requests
            r.getOutputStream().write(bytes(90_000));
            r.setHeader("X-Late", "not at all");
        });
        all.put("stream-reset", (q, r) -> {
            r.setHeader("X-Gone", "1");
            r.getOutputStream().write(bytes(100));
            r.reset();
            r.setHeader("X-Stays", "1");
            r.getWriter().print("writer now");
        });
        all.put("stream-reset-buffer", (q, r) -> {
            r.setHeader("X-Stays", "1");
            r.getOutputStream().write(bytes(100));
            r.resetBuffer();
            r.getOutputStream().write(bytes(50));
        });
        all.put("headers-late", (q, r) -> {
            r.getOutputStream().write(bytes(100_000));
            r.setHeader("X-Late", "too late");
            r.addCookie(new Cookie("late", "1"));
        });
        all.put("trailers", (q, r) -> {
            r.setHeader("Trailer", "X-End");
            r.setTrailerFields(() -> Map.of("X-End", "reached"));
            r.getOutputStream().write(bytes(10));
            r.flushBuffer();
            r.getOutputStream().write(bytes(10));
        });
    }

    private static void writeBuffer(ServletOutputStream out, ByteBuffer buffer) throws IOException {
        try {
            ServletOutputStream.class.getMethod("write", ByteBuffer.class).invoke(out, buffer);
        } catch (NoSuchMethodException servlet60) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            out.write(bytes);
        } catch (InvocationTargetException e) {
            throw new IOException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IOException(e);
        }
    }

    private static void writers(Map<String, Answer> all) {
        for (String encoding : List.of(
                "UTF-8",
                "ISO-8859-1",
                "ISO-8859-15",
                "US-ASCII",
                "UTF-16",
                "UTF-16LE",
                "UTF-32",
                "Shift_JIS",
                "GB18030")) {
            all.put("writer-" + encoding, (q, r) -> {
                r.setContentType("text/plain;charset=" + encoding);
                for (int i = 0; i < 700; i++) {
                    r.getWriter().print("letters \u00e4 \u20ac \u65e5 \ud83d\ude00 " + i + " ");
                }
            });
        }
        all.put("writer-no-type", (q, r) -> r.getWriter().print("\u00e4 plain"));
        all.put("writer-print", (q, r) -> {
            r.setContentType("text/plain;charset=UTF-8");
            print(r.getWriter());
        });
        all.put("writer-format-locale", (q, r) -> {
            r.setLocale(Locale.GERMANY);
            r.getWriter().printf("%,.2f|", 1234567.891).format("%tB|", 0L).printf(Locale.FRANCE, "%,.2f|", 1234567.891);
            r.getWriter().format(Locale.UK, "%,.2f", 1234567.891).println();
        });
        all.put("writer-format-long", (q, r) -> {
            for (int i = 0; i < 100; i++) {
                r.getWriter().printf("%0300d%n", i);
            }
        });
        all.put("writer-check-error", (q, r) -> {
            r.getWriter().print("before");
            r.getWriter().print(r.getWriter().checkError());
        });
        all.put("writer-surrogates-apart", (q, r) -> {
            r.setCharacterEncoding("UTF-8");
            for (int i = 0; i < 5000; i++) {
                r.getWriter().write('\ud83d');
                r.getWriter().write('\ude00');
            }
        });
        all.put("writer-large", (q, r) -> r.getWriter().print("0123456789".repeat(20_000)));
        all.put("writer-close", (q, r) -> {
            r.getWriter().print("all");
            r.getWriter().close();
            r.getWriter().print("nothing");
        });
        all.put("writer-flush", (q, r) -> {
            r.getWriter().print("one");
            r.getWriter().flush();
            r.getWriter().println("two");
            r.flushBuffer();
            r.getWriter().print("three");
        });
        all.put("writer-then-stream", (q, r) -> {
            r.getWriter().print("writer");
            try {
                r.getOutputStream().print("stream");
            } catch (IllegalStateException e) {
                r.getWriter().print(" refused");
            }
        });
        all.put("writer-encoding-after", (q, r) -> {
            r.getWriter().print("\u00e4");
            r.setCharacterEncoding("UTF-8");
            r.setContentType("text/html;charset=UTF-16");
            r.getWriter().print("\u00f6");
        });
    }

    private static void print(PrintWriter out) {
        out.print(true);
        out.print('c');
        out.print(-1);
        out.print(Long.MAX_VALUE);
        out.print(1.25f);
        out.print(Math.E);
        out.print(new char[] {'x', 'y', '\u20ac'});
        out.print("text");
        out.print((String) null);
        out.print((Object) List.of("a", 1));
        out.println();
        out.println(false);
        out.println('\u00e4');
        out.println(0);
        out.println(1L);
        out.println(Float.MIN_VALUE);
        out.println(Double.NEGATIVE_INFINITY);
        out.println(new char[] {'z'});
        out.println("line");
        out.println((String) null);
        out.println((Object) null);
        out.write('w');
        out.write("written");
        out.write("in part", 3, 4);
        out.write(new char[] {'1', '2', '3'});
        out.write(new char[] {'1', '2', '3'}, 1, 1);
        out.append('a').append("bc").append(null).append("defg", 1, 3).append(null, 0, 2);
        out.append(new StringBuilder("builder"));
    }

    private static void lengths(Map<String, Answer> all) {
        all.put("length-exact", (q, r) -> {
            r.setContentLength(5000);
            r.getOutputStream().write(bytes(5000));
        });
        all.put("length-exact-in-parts", (q, r) -> {
            r.setContentLengthLong(20_000);
            r.getOutputStream().write(bytes(10_000));
            r.getOutputStream().write(bytes(10_000));
        });
        all.put("length-by-header", (q, r) -> {
            r.setHeader("Content-Length", "20");
            r.getOutputStream().write(bytes(20));
        });
        all.put("length-by-int-header", (q, r) -> {
            r.setIntHeader("Content-Length", 20);
            r.getWriter().print("12345678901234567890");
        });
        all.put("length-writer", (q, r) -> {
            r.setCharacterEncoding("UTF-8");
            r.setContentLength(6);
            r.getWriter().print("\u20ac\u20ac");
        });
        all.put("length-zero", (q, r) -> r.setContentLength(0));
        all.put("length-zero-and-write", (q, r) -> {
            r.setContentLength(0);
            try {
                r.getOutputStream().write(bytes(0));
                r.getOutputStream().write(bytes(5));
            } catch (IOException | IllegalStateException refused) {
                q.setAttribute("refused", refused);
            }
        });
        all.put("length-short", (q, r) -> {
            r.setContentLength(100);
            r.getOutputStream().write(bytes(50));
        });
        all.put("length-over", (q, r) -> {
            r.setContentLength(10);
            try {
                r.getOutputStream().write(bytes(5));
                r.getOutputStream().write(bytes(20));
            } catch (IOException | IllegalStateException refused) {
                q.setAttribute("refused", refused);
            }
        });
        all.put("length-taken-back", (q, r) -> {
            r.setContentLength(10);
            r.setContentLengthLong(-1);
            r.getOutputStream().write(bytes(20));
        });
    }

    private static void codes(Map<String, Answer> all) {
        all.put("nothing", (q, r) -> {});
        for (int status : List.of(201, 204, 205, 304, 404, 500, 503)) {
            all.put("status-" + status, (q, r) -> r.setStatus(status));
        }
        all.put("status-and-body", (q, r) -> {
            r.setStatus(404);
            r.getWriter().print("not here");
        });
        for (int status : List.of(400, 404, 500, 503)) {
            all.put("error-" + status, (q, r) -> r.sendError(status));
        }
        all.put("error-message", (q, r) -> {
            r.getWriter().print("thrown away");
            r.sendError(409, "a <message>");
        });
        all.put("error-after-flush", (q, r) -> {
            r.flushBuffer();
            try {
                r.sendError(500);
            } catch (IllegalStateException e) {
                r.getWriter().print("refused");
            }
        });
        all.put("error-page", (q, r) -> r.sendError(419));
        all.put("redirect", (q, r) -> r.sendRedirect("/app/elsewhere?a=b"));
        all.put("redirect-relative", (q, r) -> r.sendRedirect("other/page"));
        all.put("redirect-absolute", (q, r) -> r.sendRedirect("https://example.org/\u00e4"));
        all.put("redirect-empty", (q, r) -> r.sendRedirect(""));
        all.put("redirect-after-write", (q, r) -> {
            r.getWriter().print("thrown away");
            r.sendRedirect("there");
        });
        all.put("redirect-then-write", (q, r) -> {
            r.sendRedirect("there");
            try {
                r.getWriter().print("dropped");
            } catch (IllegalStateException refused) {
                q.setAttribute("refused", refused);
            }
        });
        all.put("redirect-code", redirect(new Class<?>[] {String.class, int.class}, "there", 307));
        all.put("redirect-keep", redirect(new Class<?>[] {String.class, boolean.class}, "there", false));
        all.put("redirect-all", redirect(new Class<?>[] {String.class, int.class, boolean.class}, "there", 308, false));
        all.put("exception", (q, r) -> {
            throw new IllegalStateException("on purpose");
        });
        all.put("servlet-exception", (q, r) -> {
            r.getWriter().print("thrown away");
            throw new ServletException("on purpose");
        });
        all.put("io-exception", (q, r) -> {
            throw new IOException("on purpose");
        });
        all.put("exception-after-flush", (q, r) -> {
            r.getWriter().print("half");
            r.flushBuffer();
            throw new IllegalStateException("on purpose");
        });
    }

    /** Of Servlet 6.1; on 6.0 a plain one, with the filter and without. */
    private static Answer redirect(Class<?>[] types, Object... arguments) {
        return (q, r) -> {
            try {
                r.getOutputStream().print("body");
                HttpServletResponse.class.getMethod("sendRedirect", types).invoke(r, arguments);
            } catch (NoSuchMethodException servlet60) {
                r.sendRedirect((String) arguments[0]);
            } catch (InvocationTargetException e) {
                throw new ServletException(e.getCause());
            } catch (IllegalAccessException e) {
                throw new ServletException(e);
            }
        };
    }

    private static void dispatches(Map<String, Answer> all) {
        all.put("include", (q, r) -> {
            r.getWriter().print("<");
            q.getRequestDispatcher("/answers/writer-print").include(q, r);
            r.getWriter().print(">");
        });
        all.put("include-stream-in-writer", (q, r) -> {
            r.getOutputStream().print("<");
            q.getRequestDispatcher("/answers/stream-print").include(q, r);
            r.getOutputStream().print(">");
        });
        all.put("include-closing", (q, r) -> {
            r.getOutputStream().print("<");
            q.getRequestDispatcher("/answers/stream-close").include(q, r);
            r.getOutputStream().print(">");
        });
        all.put("include-error", (q, r) -> {
            r.getWriter().print("<");
            q.getRequestDispatcher("/answers/error-404").include(q, r);
            r.getWriter().print(">");
        });
        all.put("include-missing", (q, r) -> {
            r.getWriter().print("<");
            q.getRequestDispatcher("/answers-of-nobody.txt").include(q, r);
            r.getWriter().print(">");
        });
        all.put("include-jsp", (q, r) -> {
            r.setContentType("text/html;charset=UTF-8");
            r.getWriter().print("<");
            q.getRequestDispatcher("/bytes/page.jsp").include(q, r);
            r.getWriter().print(">");
        });
        for (String target :
                List.of("stream-10000", "writer-print", "length-exact", "error-404", "redirect", "nothing")) {
            all.put("forward-" + target, (q, r) -> {
                r.setHeader("X-Before", "1");
                q.getRequestDispatcher("/answers/" + target).forward(q, r);
                r.setHeader("X-After", "1");
            });
        }
        all.put("forward-after-write", (q, r) -> {
            r.getOutputStream().print("thrown away");
            q.getRequestDispatcher("/answers/stream-10000").forward(q, r);
        });
        all.put("forward-type-only", (q, r) -> {
            r.setContentType("text/html");
            q.getRequestDispatcher("/answers/status-201").forward(q, r);
        });
        all.put(
                "forward-twice",
                (q, r) -> q.getRequestDispatcher("/answers/forward-nothing").forward(q, r));
        all.put(
                "forward-named",
                (q, r) -> q.getServletContext().getNamedDispatcher("default").forward(q, r));
        all.put(
                "forward-jsp",
                (q, r) -> q.getRequestDispatcher("/bytes/page.jsp").forward(q, r));
        all.put(
                "forward-jsp-unbuffered",
                (q, r) -> q.getRequestDispatcher("/bytes/unbuffered.jsp").forward(q, r));
        all.put(
                "forward-static",
                (q, r) -> q.getRequestDispatcher("/bytes/small.txt").forward(q, r));
        all.put("forward-then-write", (q, r) -> {
            q.getRequestDispatcher("/answers/writer-no-type").forward(q, r);
            try {
                r.getWriter().print("dropped");
            } catch (IllegalStateException refused) {
                q.setAttribute("refused", refused);
            }
        });
    }

    private static void asynchronous(Map<String, Answer> all) {
        all.put("async-complete", (q, r) -> {
            AsyncContext context = q.startAsync();
            context.start(() -> {
                try {
                    context.getResponse().getWriter().print("from another thread");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                } finally {
                    context.complete();
                }
            });
        });
        all.put("async-complete-at-once", (q, r) -> {
            AsyncContext context = q.startAsync(q, r);
            r.getOutputStream().write(bytes(10_000));
            context.complete();
        });
        all.put("async-dispatch", (q, r) -> {
            r.setHeader("X-Started", "1");
            q.startAsync().dispatch("/answers/writer-print");
        });
        all.put("async-dispatch-ours", (q, r) -> q.startAsync(q, r).dispatch("/answers/stream-10000"));
        all.put("async-error", (q, r) -> {
            AsyncContext context = q.startAsync();
            r.sendError(409);
            context.complete();
        });
        all.put("non-blocking", (q, r) -> {
            AsyncContext context = q.startAsync();
            ServletOutputStream out = r.getOutputStream();
            out.setWriteListener(new WriteListener() {
                private int written;

                @Override
                public void onWritePossible() throws IOException {
                    while (out.isReady()) {
                        if (written == 50) {
                            context.complete();
                            return;
                        }
                        written++;
                        out.write(bytes(3000));
                    }
                }

                @Override
                public void onError(Throwable t) {
                    context.complete();
                }
            });
        });
        all.put("non-blocking-byte-buffer", (q, r) -> {
            AsyncContext context = q.startAsync();
            ServletOutputStream out = r.getOutputStream();
            out.setWriteListener(new WriteListener() {
                private boolean written;

                @Override
                public void onWritePossible() throws IOException {
                    if (!written && out.isReady()) {
                        written = true;
                        writeBuffer(out, ByteBuffer.wrap(bytes(40_000)));
                    }
                    if (written && out.isReady()) {
                        context.complete();
                    }
                }

                @Override
                public void onError(Throwable t) {
                    context.complete();
                }
            });
        });
    }
}
