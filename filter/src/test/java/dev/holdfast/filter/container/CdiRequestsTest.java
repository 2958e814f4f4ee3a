package dev.holdfast.filter.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Weld's listener is told; the real one is asked by the HTTP suite. */
class CdiRequestsTest {

    private static final Object JETTY = new Object();

    /** In the servlet API there is no such method; Jetty's class has it. */
    public interface JettyContext extends ServletContext {
        Object getContextHandler();
    }

    private final List<String> told = new ArrayList<>();
    private final HttpServletRequest containers = request("the container's");
    private final HttpServletRequest ours = request("ours");
    private final FilterChain chain = (request, response) -> told.add("chain with " + request);

    private DispatcherType type = DispatcherType.REQUEST;
    private boolean asyncStarted;
    private RuntimeException storeFailure;

    private final ServletRequestListener weld = new ServletRequestListener() {
        @Override
        public void requestInitialized(ServletRequestEvent event) {
            told.add("begins " + event.getServletRequest());
        }

        @Override
        public void requestDestroyed(ServletRequestEvent event) {
            told.add("ends " + event.getServletRequest());
        }
    };

    private HttpServletRequest request(String name) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "toString" -> name;
                    case "getDispatcherType" -> type;
                    case "isAsyncStarted" -> asyncStarted;
                    case "getSession" -> {
                        if (storeFailure != null) {
                            throw storeFailure;
                        }
                        yield null;
                    }
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    private static <T extends ServletContext> T context(Class<T> kind, Map<String, Object> attributes) {
        return kind.cast(Proxy.newProxyInstance(
                CdiRequestsTest.class.getClassLoader(),
                new Class<?>[] {kind},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAttribute" -> attributes.get((String) arguments[0]);
                    case "getContextPath" -> "/shop";
                    case "getContextHandler" -> JETTY;
                    default -> throw new UnsupportedOperationException(method.toString());
                }));
    }

    private CdiRequests elsewhere() {
        return CdiRequests.of(context(ServletContext.class, Map.of(CdiRequests.WELD, weld)));
    }

    private CdiRequests onJetty() {
        return CdiRequests.of(context(JettyContext.class, Map.of(CdiRequests.WELD, weld)));
    }

    @Test
    void anApplicationWithoutWeldHasNone() {
        assertThat(CdiRequests.of(context(ServletContext.class, Map.of()))).isNull();
        assertThat(CdiRequests.of(context(ServletContext.class, Map.of(CdiRequests.WELD, "a name"))))
                .isNull();
    }

    @Test
    void weldBelievesInOurRequestWhileTheChainRunsAndInTheContainersAfterwards() throws Exception {
        elsewhere().doFilter(containers, ours, null, chain);
        assertThat(told)
                .containsExactly(
                        "ends the container's",
                        "begins ours",
                        "chain with ours",
                        "ends ours",
                        "begins the container's");
    }

    @Test
    void itIsAlsoSoWhenTheApplicationThrows() {
        assertThatThrownBy(() -> elsewhere().doFilter(containers, ours, null, (request, response) -> {
                    throw new IOException("broken pipe");
                }))
                .hasMessage("broken pipe");
        assertThat(told).containsExactly("ends the container's", "begins ours", "ends ours", "begins the container's");
    }

    @Test
    void aSessionThatCannotBeReadFailsBeforeAnythingIsChanged() {
        storeFailure = new IllegalStateException("the store is away");
        assertThatThrownBy(() -> elsewhere().doFilter(containers, ours, null, chain))
                .isSameAs(storeFailure);
        assertThat(told).isEmpty();
    }

    /** Tomcat tells of the end when asynchronous processing is over, in another thread, and of no dispatch in between. */
    @Test
    void nothingIsLeftInAThreadThatTheContainerDoesNotComeBackTo() throws Exception {
        asyncStarted = true;
        elsewhere().doFilter(containers, ours, null, chain);
        assertThat(told).containsExactly("ends the container's", "begins ours", "chain with ours", "ends ours");

        told.clear();
        type = DispatcherType.ASYNC;
        asyncStarted = false;
        elsewhere().doFilter(containers, ours, null, chain);
        assertThat(told).containsExactly("begins ours", "chain with ours", "ends ours");
    }

    @Test
    void jettyTellsOfEachDispatchAsOfARequest() throws Exception {
        type = DispatcherType.ASYNC;
        asyncStarted = true;
        onJetty().doFilter(containers, ours, null, chain);
        assertThat(told)
                .containsExactly(
                        "ends the container's",
                        "begins ours",
                        "chain with ours",
                        "ends ours",
                        "begins the container's");
    }
}
