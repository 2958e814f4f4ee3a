package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servlet 6.0, chapter 11: an application's listeners, however it declares them. */
@EveryCell
class ListenersIT {

    private static final List<String> DECLARED = List.of("first", "second", "tld", "annotated", "code");

    private final Cell cell;
    private final Browser browser;
    private final Control control;

    ListenersIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
        this.control = Control.of(cell, cell.a());
    }

    /** The labels of the listeners that were told this about the session, in order. */
    private List<String> told(String what, String id) {
        return control.events(id).stream()
                .filter(event -> event.startsWith(what + " "))
                .map(event -> event.split(" ")[1])
                .toList();
    }

    @Test
    void everyListenerIsToldOnceThatASessionIsMadeInTheOrderOfDeclaration() {
        String id = browser.run("session").result(0);
        assertThat(told("created", id))
                .containsExactlyInAnyOrderElementsOf(DECLARED)
                .startsWith("first", "second");
        assertThat(control.events(id)).allMatch(event -> event.endsWith("new=true"));
    }

    @Test
    void everyListenerIsToldOnceThatASessionEndsInReverseOrderWithItsAttributesReadable() {
        String id =
                browser.run("session", "set a sv-a", "list-add cart sv-pear").result(0);
        browser.run("invalidate");
        assertThat(told("destroyed", id))
                .containsExactlyInAnyOrderElementsOf(DECLARED)
                .endsWith("second", "first")
                .containsExactlyElementsOf(reversed(told("created", id)));
        assertThat(control.events(id))
                .filteredOn(event -> event.startsWith("destroyed"))
                .allMatch(event -> event.endsWith(id + " a=sv-a cart=[sv-pear]"));
    }

    private static List<String> reversed(List<String> list) {
        List<String> reversed = new java.util.ArrayList<>(list);
        java.util.Collections.reverse(reversed);
        return reversed;
    }

    @Test
    void sessionEndedOnAnotherNodeIsReportedThereOnceWithItsAttributes() {
        String id = browser.run("session", "set a sv-a").result(0);
        browser.run(cell.b(), "invalidate");
        List<String> there = Control.of(cell, cell.b()).events("destroyed first " + id);
        assertThat(there).containsExactly("destroyed first " + id + " a=sv-a");
        if (cell.isCluster()) {
            assertThat(control.events("destroyed first " + id)).isEmpty();
        }
    }

    @Test
    void attributeListenersAreToldOfEachChangeWithTheOldValue() {
        String id = browser.run("session", "set a 1", "set a 2", "remove a", "remove a")
                .result(0);
        assertThat(control.events(id))
                .filteredOn(event -> event.contains(" first "))
                .containsExactly(
                        "created first " + id + " new=true",
                        "added first " + id + " a=1",
                        "replaced first " + id + " a=1",
                        "removed first " + id + " a=2");
    }

    @Test
    void replacedValueFromAnotherNodeIsTheOldValueOfTheEvent() {
        String id = browser.run("session", "set a 1").result(0);
        browser.run(cell.b(), "set a 2");
        browser.run("set a 3");
        assertThat(control.events("replaced first " + id)).endsWith("replaced first " + id + " a=2");
    }

    @Test
    void valuesThatListenAreToldOfBindingAndUnbinding() {
        String id = browser.run(
                        "session", "set-recording r one", "set-recording r two", "remove r", "set-recording r three")
                .result(0);
        browser.run("invalidate");
        assertThat(control.events(id))
                .filteredOn(event -> event.startsWith("bound") || event.startsWith("unbound"))
                .map(event -> event.split(" ")[0] + " " + event.split(" ")[1])
                .containsSubsequence("bound one", "bound two", "unbound two", "bound three", "unbound three")
                .containsOnlyOnce("unbound one");
    }

    @Test
    @Tag("beyond") // Jetty's own sessions tell a value after it can be seen
    void valueIsToldOfItsBindingBeforeItCanBeSeen() {
        String id = browser.run("session", "set-recording r one").result(0);
        assertThat(control.events("bound one " + id)).singleElement().asString().endsWith("r visible=false");
    }

    @Test
    void valueUnboundOnAnotherNodeIsToldThere() {
        String id = browser.run("session", "set-recording r one").result(0);
        browser.run(cell.b(), "remove r");
        assertThat(Control.of(cell, cell.b()).events("unbound one " + id)).hasSize(1);
    }

    @Test
    @Tag("beyond") // asks for a store
    void valuesAreToldWhenTheyLeaveAndWhenTheyArriveOnAnotherNode() {
        String id = browser.run("session", "set-recording r one").result(0);
        assertThat(control.events("passivate one " + id)).isNotEmpty();
        browser.run(cell.b(), "get r");
        List<String> there = Control.of(cell, cell.b()).events("activate one " + id);
        assertThat(there).hasSize(cell.isCluster() ? 1 : 0);
    }

    @Test
    @Tag("beyond") // Jetty stops at the first that throws
    void listenerThatThrowsBreaksNeitherTheRequestNorTheOtherListeners() {
        cell.expectInLog("(?i)listener");
        String id = browser.run("session", "set throwWhenDestroyed yes").result(0);
        Answer answer = browser.run("invalidate", "peek");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.result(1)).isEqualTo("none");
        assertThat(told("destroyed", id)).containsExactlyInAnyOrderElementsOf(DECLARED);
    }
}
