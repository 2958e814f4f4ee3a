package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Servlet 6.1, HttpSession.getAccessor: sessions used outside of a request. */
@ParameterizedClass(name = "{0}")
@MethodSource("containersOfServlet61")
class AccessorIT {

    private final Cell cell;
    private final Browser browser;
    private final Browser anyone;
    private final String key = "accessor" + System.nanoTime();

    AccessorIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
        this.anyone = new Browser(cell);
    }

    static Stream<Cell> containersOfServlet61() {
        return Cells.all().filter(cell -> cell.container().isServlet61());
    }

    @Test
    void accessorReadsAndWritesOutsideOfARequest() {
        browser.run("set a 1", "accessor-keep " + key);
        assertThat(anyone.run("accessor-get " + key + " a", "accessor-set " + key + " b 2")
                        .results())
                .containsExactly("1", "2");
        assertThat(anyone.hasSession()).isFalse();
        assertThat(browser.run(cell.b(), "get b").result(0)).isEqualTo("2");
    }

    @Test
    void accessorSeesWhatAnotherNodeChanged() {
        browser.run("set a 1", "accessor-keep " + key);
        browser.run(cell.b(), "set a 2");
        assertThat(anyone.run("accessor-get " + key + " a").result(0)).isEqualTo("2");
    }

    @Test
    void accessorOfAnEndedSessionIsAnIllegalState() {
        browser.run("set a 1", "accessor-keep " + key);
        browser.run(cell.b(), "invalidate");
        assertThat(anyone.run("accessor-get " + key + " a").result(0)).isEqualTo("IllegalStateException");
    }

    @Test
    void accessorOfAChangedIdIsAnIllegalState() {
        browser.run("set a 1", "accessor-keep " + key);
        browser.run("change-id");
        assertThat(anyone.run("accessor-get " + key + " a").result(0)).isEqualTo("IllegalStateException");
    }
}
