package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the filter comes into an application, how it leaves, and what it leaves alone. */
@EveryContainer
@Tag("beyond")
class InstallationIT {

    private final Cell cell;
    private final Browser browser;

    InstallationIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    private void assertOurs(NodeProcess node) {
        Control control = Control.of(cell, node);
        Answer answer = browser.get(node, "/app/do/marked?op=get-if+marked&op=peek&op=set+a+1");
        assertThat(answer.result(0)).isEqualTo("yes");
        assertThat(answer.sessionCookie()).startsWith("JSESSIONID=" + answer.result(1));
        assertThat(browser.run(node, "get-if a", "get-if marked").results()).containsExactly("1", "yes");
        assertThat(browser.run(node, "async-dispatch " + Browser.dispatch("get-if a"))
                        .last())
                .isEqualTo("1");
        assertThat(browser.run(node, "error 418").last()).isEqualTo("1");
        assertThat(control.events("created first " + browser.sessionId())).hasSize(1);
        assertThat(control.nativeSessions()).isZero();
    }

    @Test
    void applicationThatNobodyEditedGetsTheFilterBeforeItsOwn() {
        try (NodeProcess node =
                NodeProcess.start(cell.container(), cell.ownCluster("unedited").withoutFilter("/app"))) {
            assertOurs(node);
        }
    }

    @Test
    void applicationWithACompleteDescriptorGetsItToo() {
        NodeOptions options = cell.ownCluster("complete")
                .webXml(
                        "/app",
                        Descriptor.written(Descriptor.own()
                                .replace("version=\"6.0\"", "version=\"6.0\" metadata-complete=\"true\"")
                                .replace("</web-app>", """
                                        <servlet>
                                          <servlet-name>script</servlet-name>
                                          <servlet-class>dev.holdfast.demo.testapp.ScriptServlet</servlet-class>
                                          <async-supported>true</async-supported>
                                        </servlet>
                                        <servlet-mapping>
                                          <servlet-name>script</servlet-name>
                                          <url-pattern>/do/*</url-pattern>
                                          <url-pattern>/error</url-pattern>
                                        </servlet-mapping>
                                        <servlet>
                                          <servlet-name>control</servlet-name>
                                          <servlet-class>dev.holdfast.demo.testapp.ControlServlet</servlet-class>
                                        </servlet>
                                        <servlet-mapping>
                                          <servlet-name>control</servlet-name>
                                          <url-pattern>/control/*</url-pattern>
                                        </servlet-mapping>
                                        </web-app>""")))
                .withoutFilter("/app");
        try (NodeProcess node = NodeProcess.start(cell.container(), options)) {
            assertOurs(node);
        }
    }

    @Test
    void filterThatIsOnlyDeclaredIsMapped() {
        String own = Descriptor.own();
        int from = own.indexOf("<filter-mapping>");
        int to = own.indexOf("</filter-mapping>") + "</filter-mapping>".length();
        NodeOptions options = cell.ownCluster("declared")
                .webXml("/app", Descriptor.written(own.substring(0, from) + own.substring(to)));
        try (NodeProcess node = NodeProcess.start(cell.container(), options)) {
            assertOurs(node);
        }
    }

    @Test
    void ignoredPathGetsTheContainersOwnObjects() {
        try (NodeProcess node = NodeProcess.start(
                cell.container(), cell.ownCluster("ignore").property("holdfast.ignore", "/control/*,/do/ignored"))) {
            assertThat(Control.of(cell, node).ask("request-class", ""))
                    .startsWith(cell.container().isJetty() ? "org.eclipse.jetty." : "org.apache.catalina.");
            assertThat(browser.get(node, "/app/do/ignored?op=request-class").result(0))
                    .doesNotStartWith("dev.holdfast");
            assertThat(browser.get(node, "/app/do?op=request-class").result(0)).startsWith("dev.holdfast");
        }
    }

    @Test
    void wrongSettingsAreNamedAtStart() {
        NodeOptions options = cell.ownCluster("wrong")
                .property("holdfast.touch-interval", "5")
                .webXml("/app", Descriptor.withInitParams("near-cach", "10"));
        NodeProcess.Starting starting = NodeProcess.launch(cell.container(), options);
        try {
            starting.awaitReady().close();
            throw new AssertionError("it started");
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessageContaining("ended with status");
        }
        assertThat(starting.logFile())
                .content()
                .contains("touch-interval")
                .contains("near-cach")
                .contains("did you mean near-cache");
    }

    @Test
    void storedReferencesCanBeReadButNotWrittenAfterTheFiltersEnd() {
        NodeProcess node = NodeProcess.start(cell.container(), cell.ownCluster("ending"));
        try (node) {
            browser.run(node, "set a kept", "hold reader");
        }
        assertThat(node.log())
                .contains("context destroyed, held: read kept, write refused, destroyed sessions: 0")
                .contains("node stopped")
                .doesNotContain("SEVERE")
                // Tomcat's word for a thread that outlives its application
                .doesNotContain("appears to have started a thread");
    }
}
