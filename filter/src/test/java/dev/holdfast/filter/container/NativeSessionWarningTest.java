package dev.holdfast.filter.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeSessionWarningTest {

    @Test
    void theCulpritIsWhoCalledGetSession() {
        StackTraceElement[] stack = {
            frame("dev.holdfast.filter.container.NativeSessionWarning", "sessionCreated"),
            frame("org.apache.catalina.session.StandardSession", "tellNew"),
            frame("org.apache.catalina.session.ManagerBase", "createSession"),
            frame("org.apache.catalina.connector.Request", "doGetSession"),
            frame("org.apache.catalina.connector.Request", "getSession"),
            frame("org.apache.catalina.connector.RequestFacade", "getSession"),
            frame("jakarta.servlet.http.HttpServletRequestWrapper", "getSession"),
            frame("com.example.LocaleListener", "requestInitialized"),
            frame("org.apache.catalina.core.StandardContext", "fireRequestInitEvent"),
            frame("com.example.Unrelated", "getSession"),
        };

        assertThat(NativeSessionWarning.culprit(stack)).startsWith("com.example.LocaleListener.requestInitialized");
    }

    @Test
    void aLoginOfTheContainerIsNamedToo() {
        StackTraceElement[] stack = {
            frame("org.apache.catalina.session.StandardSession", "tellNew"),
            frame("org.apache.catalina.connector.Request", "doGetSession"),
            frame("org.apache.catalina.connector.Request", "getSessionInternal"),
            frame("org.apache.catalina.authenticator.FormAuthenticator", "doAuthenticate"),
        };

        assertThat(NativeSessionWarning.culprit(stack))
                .startsWith("org.apache.catalina.authenticator.FormAuthenticator.doAuthenticate");
    }

    @Test
    void withoutAKnownMakerTheStackHasToDo() {
        StackTraceElement[] stack = {frame("com.example.A", "restore"), frame("com.example.B", "run")};

        assertThat(NativeSessionWarning.culprit(stack)).isEqualTo("an unknown caller");
    }

    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(type, method, "X.java", 1);
    }
}
