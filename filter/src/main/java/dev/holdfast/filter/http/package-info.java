/**
 * Servlet semantics: the wrappers of request, response, streams, session and async context, cookies and URLs, and the points at which state is saved before bytes leave.
 */
@NullMarked
package dev.holdfast.filter.http;

import org.jspecify.annotations.NullMarked;
