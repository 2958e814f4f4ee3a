package dev.holdfast.demo.suite;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;

/** An answer of a node. */
record Answer(int status, HttpHeaders headers, String body) {

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    /** The results of the script's operations, in order. */
    List<String> results() {
        return body.lines().toList();
    }

    String result(int index) {
        return results().get(index);
    }

    String last() {
        return result(results().size() - 1);
    }

    /** The Set-Cookie headers of the session's name and of the application's path, at best one. */
    List<String> sessionCookies() {
        return headers.allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith(Browser.COOKIE + "=") && !cookie.contains("/elsewhere"))
                .toList();
    }

    /** The Set-Cookie header of the session. */
    String sessionCookie() {
        List<String> cookies = sessionCookies();
        if (cookies.size() != 1) {
            throw new AssertionError("not one session cookie but " + cookies + " in " + status + " " + body);
        }
        return cookies.get(0);
    }
}
