package dev.holdfast.demo.suite.install;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Versions of a small shop, whose classes in the session differ; each compiled here into an expanded application. */
enum ShopVersion {
    /** A basket with a note. */
    FIRST("""
            package shop;
            public final class Basket implements java.io.Serializable {
                private static final long serialVersionUID = 1;
                final java.util.TreeSet<Integer> items = new java.util.TreeSet<>();
                final String note = "leave it at the door";
                void add(int item) { items.add(item); }
            }
            """, """
            package shop;
            enum Size { SMALL, LARGE }
            """, ""),

    /** The note is gone, prices have come; there is one more size, and a wish list, of which the first version knows nothing. */
    SECOND("""
            package shop;
            public final class Basket implements java.io.Serializable {
                private static final long serialVersionUID = 1;
                final java.util.TreeSet<Integer> items = new java.util.TreeSet<>();
                private java.util.Map<Integer, Integer> prices;
                void add(int item) {
                    items.add(item);
                    if (prices == null) { prices = new java.util.HashMap<>(); }
                    prices.put(item, 10 * item);
                }
            }
            """, """
            package shop;
            enum Size { TINY, SMALL, LARGE }
            """, """
            session.setAttribute("wishes", new Wishes(item));
            session.setAttribute("size", Size.TINY);
            """);

    private static final String WISHES = """
            package shop;
            public record Wishes(int last) implements java.io.Serializable {}
            """;

    private static final String SERVLET = """
            package shop;
            import jakarta.servlet.http.*;
            public final class ShopServlet extends HttpServlet {
                @Override
                protected void service(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
                    HttpSession session = request.getSession();
                    Basket basket = (Basket) session.getAttribute("basket");
                    if (basket == null) {
                        basket = new Basket();
                        session.setAttribute("basket", basket);
                    }
                    if (request.getMethod().equals("POST")) {
                        int item = Integer.parseInt(request.getParameter("item"));
                        basket.add(item);
                        VERSION_OWN
                    }
                    response.getWriter().println("VERSION_NAME " + session.getId());
                    response.getWriter().println(basket.items);
                    response.getWriter().println(session.getAttribute("wishes"));
                    response.getWriter().println(session.getAttribute("size"));
                }
            }
            """;

    private final Map<String, String> sources;

    ShopVersion(String basket, String size, String own) {
        String servlet = SERVLET.replace("VERSION_OWN", own).replace("VERSION_NAME", name());
        this.sources = name().equals("FIRST")
                ? Map.of("Basket", basket, "Size", size, "ShopServlet", servlet)
                : Map.of("Basket", basket, "Size", size, "ShopServlet", servlet, "Wishes", WISHES);
    }

    /** The expanded application, without the filter's jars, which lie beside it. */
    Path make() throws IOException {
        Path directory = Path.of("target/install").resolve("shop-" + name().toLowerCase(Locale.ROOT));
        Path classes = directory.resolve("WEB-INF/classes");
        Files.createDirectories(classes);
        compile(classes);
        Files.writeString(directory.resolve("WEB-INF/web.xml"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
                  <servlet>
                    <servlet-name>shop</servlet-name><servlet-class>shop.ShopServlet</servlet-class>
                  </servlet>
                  <servlet-mapping><servlet-name>shop</servlet-name><url-pattern>/basket</url-pattern></servlet-mapping>
                  <servlet>
                    <servlet-name>health</servlet-name>
                    <servlet-class>dev.holdfast.filter.health.HealthServlet</servlet-class>
                  </servlet>
                  <servlet-mapping><servlet-name>health</servlet-name><url-pattern>/health</url-pattern></servlet-mapping>
                </web-app>
                """);
        return directory;
    }

    private void compile(Path classes) throws IOException {
        StringWriter problems = new StringWriter();
        List<String> options = List.of("-nowarn", "-proc:none", "-d", classes.toString(), "-cp", servletApi());
        boolean sound = ToolProvider.getSystemJavaCompiler()
                .getTask(problems, null, null, options, null, files().toList())
                .call();
        assertThat(sound).as(problems.toString()).isTrue();
    }

    private Stream<JavaFileObject> files() {
        return sources.entrySet().stream()
                .map(source ->
                        new SimpleJavaFileObject(
                                URI.create("string:///shop/" + source.getKey() + ".java"), JavaFileObject.Kind.SOURCE) {
                            @Override
                            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                                return source.getValue();
                            }
                        });
    }

    private static String servletApi() {
        try {
            return Path.of(HttpServlet.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
