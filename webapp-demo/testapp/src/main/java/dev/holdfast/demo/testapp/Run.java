package dev.holdfast.demo.testapp;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a script: the objects its operations work on, and their results. */
final class Run {

    private static final String RESULTS = Run.class.getName() + ".results";

    final HttpServletRequest request;
    final HttpServletResponse response;
    final List<String> results;

    /** A reference from an earlier request that the session operations shall use. */
    @Nullable
    HttpSession held;

    /** Whether the script gave the answer its own body, so that the results must stay out of it. */
    boolean hasBody;

    /** Whether exceptions leave the servlet; else an operation's result is the exception's name. */
    boolean strict;

    @SuppressWarnings("unchecked")
    Run(HttpServletRequest request, HttpServletResponse response) {
        this.request = request;
        this.response = response;
        Object before = request.getAttribute(RESULTS);
        if (before == null) {
            results = Collections.synchronizedList(new ArrayList<>());
            request.setAttribute(RESULTS, results);
        } else {
            results = (List<String>) before;
        }
    }

    /** The session, made if there is none. */
    HttpSession session() {
        HttpSession reference = held;
        return reference != null ? reference : request.getSession();
    }
}
