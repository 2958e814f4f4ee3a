package dev.holdfast.filter.container;

import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once when anybody makes one of the container's own sessions, and who. A filter cannot prevent it: what runs before the
 * filters (container login, request listeners, valves) sees the container's request. Such a session lives on this node only, and
 * its cookie can get in the way of ours.
 *
 * <p>The container calls it for exactly those sessions; {@link DeclaredListeners} leaves it out for ours. Thread-safe.
 */
public final class NativeSessionWarning implements HttpSessionListener {

    private static final Logger LOG = LoggerFactory.getLogger(NativeSessionWarning.class);

    private final AtomicBoolean said = new AtomicBoolean();

    @Override
    public void sessionCreated(HttpSessionEvent event) {
        if (said.getAndSet(true)) {
            return;
        }
        Throwable here = new Throwable("where the container's session was made");
        LOG.warn(
                "a session of the container's own was made in application '{}', by {}: it is kept on this node only, and is lost"
                        + " with it. Only what runs behind the session filter gets a distributed session; later ones are not"
                        + " reported",
                event.getSession().getServletContext().getContextPath(),
                culprit(here.getStackTrace()),
                here);
    }

    /** The caller of the method that made the session: {@code getSession}, or what the container has by that name inside. */
    static String culprit(StackTraceElement[] stack) {
        int maker = -1;
        for (int i = 0; i < stack.length; i++) {
            if (makesSessions(stack[i].getMethodName())) {
                maker = i;
            } else if (maker >= 0) {
                return stack[i].toString();
            }
        }
        return "an unknown caller";
    }

    private static boolean makesSessions(String method) {
        return method.startsWith("getSession") || method.startsWith("doGetSession");
    }
}
