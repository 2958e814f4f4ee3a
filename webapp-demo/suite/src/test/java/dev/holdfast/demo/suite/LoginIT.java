package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servlet 6.0, chapter 13: users that the container knows. */
@EveryContainer
class LoginIT {

    private final Cell cell;
    private final Browser browser;

    LoginIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    @Test
    void loginGivesTheSessionANewIdAndKeepsItsAttributes() {
        String before = browser.run("set a 1", "id").result(1);
        Answer answer = browser.run("login anna secret-of-anna", "id", "get a", "user");
        assertThat(answer.result(0)).isEqualTo("anna");
        assertThat(answer.result(1)).isNotEqualTo(before);
        assertThat(answer.result(2)).isEqualTo("1");
        assertThat(answer.sessionCookie()).contains(answer.result(1));
        assertThat(browser.run("get-if a").result(0)).isEqualTo("1");
        Browser old = new Browser(cell).cookie(Browser.COOKIE, before);
        assertThat(old.run("peek").result(0)).isEqualTo("none");
    }

    @Test
    @Tag("beyond") // Jetty makes one to keep the login in
    void loginWithoutASessionMakesNone() {
        assertThat(browser.run("login anna secret-of-anna", "peek").results()).containsExactly("anna", "none");
        assertThat(browser.hasSession()).isFalse();
    }

    @Test
    void wrongPasswordChangesNothing() {
        String before = browser.run("session").result(0);
        Answer answer = browser.run("login anna wrong");
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(browser.run("peek").result(0)).isEqualTo(before);
    }

    @Test
    @Tag("beyond") // Jetty ends its session with the logout
    void logoutLeavesTheSessionAlone() {
        browser.run("set a 1");
        Answer answer = browser.run("login anna secret-of-anna", "logout", "user", "get-if a");
        assertThat(answer.results().subList(1, 4)).containsExactly("null", "null", "1");
    }

    @Test
    @Tag("beyond")
    void formLoginOfTheContainerGoesOnWorkingBesideOurSession() {
        try (NodeProcess node = NodeProcess.start(
                cell.container(),
                cell.ownCluster("form")
                        .webXml(
                                "/app",
                                Descriptor.written(Descriptor.own()
                                        .replace("<auth-method>BASIC</auth-method>", "<auth-method>FORM</auth-method>")
                                        .replace("<realm-name>users</realm-name>", """
                                                <realm-name>users</realm-name>
                                                <form-login-config>
                                                  <form-login-page>/login.jsp</form-login-page>
                                                  <form-error-page>/login.jsp?wrong</form-error-page>
                                                </form-login-config>""")
                                        .replace("  <login-config>", """
                                                  <security-constraint>
                                                    <web-resource-collection>
                                                      <web-resource-name>inside</web-resource-name>
                                                      <url-pattern>/do/inside</url-pattern>
                                                    </web-resource-collection>
                                                    <auth-constraint><role-name>user</role-name></auth-constraint>
                                                  </security-constraint>
                                                  <security-role><role-name>user</role-name></security-role>
                                                  <login-config>"""))))) {
            browser.run(node, "set a 1");
            assertThat(browser.hasSession()).as("our cookie has another name").isFalse();
            String inside = "/app/do/inside?op=user&op=get-if+a";
            Answer page = browser.get(node, inside);
            if (page.status() != 200) {
                // Jetty sends there, Tomcat shows it at once
                page = browser.get(node, "/app/login.jsp");
            }
            assertThat(page.body()).contains("please log in");
            Answer login = browser.send(
                    node,
                    browser.request(node, "/app/j_security_check")
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString("j_username=anna&j_password=secret-of-anna")));
            assertThat(login.status()).isIn(302, 303);
            assertThat(browser.get(node, inside).results()).containsExactly("anna", "1");
        }
    }
}
