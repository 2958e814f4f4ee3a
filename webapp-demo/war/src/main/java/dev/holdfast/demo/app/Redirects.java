package dev.holdfast.demo.app;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** The redirect after a POST, so that reloading the page does not send the form again. */
final class Redirects {
    private Redirects() {}

    /** 303 to a path of this application. */
    static void seeOther(HttpServletRequest request, HttpServletResponse response, String path) {
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", response.encodeRedirectURL(request.getContextPath() + path));
    }
}
