package dev.holdfast.filter.http;

import dev.holdfast.filter.session.RequestLocks;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Predicate;

/**
 * Which requests have their session for themselves.
 *
 * @param which looks at a request as the client sent it; later dispatches are of the same request
 */
public record Locking(Predicate<HttpServletRequest> which, RequestLocks locks) {}
