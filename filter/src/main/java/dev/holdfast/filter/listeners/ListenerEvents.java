package dev.holdfast.filter.listeners;

import dev.holdfast.filter.container.DeclaredListeners;
import dev.holdfast.filter.session.SessionEvents;
import dev.holdfast.spi.TimeSource;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionActivationListener;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Delivers session events to the application's listeners and to values that listen themselves. Immutable but for the count of
 * failures, thread-safe; costs a look at an empty array when nobody listens.
 *
 * <p>In declaration order, the destruction of a session in reverse (Servlet 6.0, 11.3.2). Every listener is called, whatever
 * those before it threw: the specification would stop at the first exception and hand it to the application's error page, but
 * Tomcat does not, and a session whose destruction broke off half-way would leave what later listeners hold. What was thrown is
 * logged, at most once a minute per listener class.
 *
 * <p>Errors are treated like exceptions, because an {@link AssertionError}, a {@link LinkageError} or a {@link
 * StackOverflowError} says something about that listener only. Other {@linkplain VirtualMachineError errors of the virtual
 * machine} (out of memory) go out at once: nobody knows what else has just failed, and the caller must not count the event
 * as delivered.
 */
public final class ListenerEvents implements SessionEvents {

    private final HttpSessionListener[] session;
    private final HttpSessionListener[] sessionReversed;
    private final HttpSessionAttributeListener[] attribute;
    private final HttpSessionIdListener[] id;
    private final ClassLoader applicationLoader;
    private final ListenerFailures failures;

    /**
     * @param applicationLoader the web application's: the context class loader while listeners run, as they may be called by
     *     a thread of ours
     */
    public ListenerEvents(DeclaredListeners listeners, ClassLoader applicationLoader, TimeSource time) {
        this.session = listeners.session().toArray(new HttpSessionListener[0]);
        List<HttpSessionListener> reversed = new ArrayList<>(listeners.session());
        Collections.reverse(reversed);
        this.sessionReversed = reversed.toArray(new HttpSessionListener[0]);
        this.attribute = listeners.attribute().toArray(new HttpSessionAttributeListener[0]);
        this.id = listeners.id().toArray(new HttpSessionIdListener[0]);
        this.applicationLoader = applicationLoader;
        this.failures = new ListenerFailures(time);
    }

    @Override
    public void created(HttpSession source) {
        if (session.length > 0) {
            HttpSessionEvent event = new HttpSessionEvent(source);
            callAll("sessionCreated", session, each -> each.sessionCreated(event));
        }
    }

    @Override
    public void destroyed(HttpSession source) {
        if (session.length > 0) {
            HttpSessionEvent event = new HttpSessionEvent(source);
            callAll("sessionDestroyed", sessionReversed, each -> each.sessionDestroyed(event));
        }
    }

    @Override
    public void idChanged(HttpSession source, String oldId) {
        if (id.length > 0) {
            HttpSessionEvent event = new HttpSessionEvent(source);
            callAll("sessionIdChanged", id, each -> each.sessionIdChanged(event, oldId));
        }
    }

    @Override
    public void bound(HttpSession source, String name, Object value) {
        if (value instanceof HttpSessionBindingListener listener) {
            HttpSessionBindingEvent event = new HttpSessionBindingEvent(source, name, value);
            call("valueBound", listener, each -> each.valueBound(event));
        }
    }

    @Override
    public void unbound(HttpSession source, String name, Object value) {
        if (value instanceof HttpSessionBindingListener listener) {
            HttpSessionBindingEvent event = new HttpSessionBindingEvent(source, name, value);
            call("valueUnbound", listener, each -> each.valueUnbound(event));
        }
    }

    @Override
    public void added(HttpSession source, String name, Object value) {
        if (attribute.length > 0) {
            HttpSessionBindingEvent event = new HttpSessionBindingEvent(source, name, value);
            callAll("attributeAdded", attribute, each -> each.attributeAdded(event));
        }
    }

    @Override
    public void replaced(HttpSession source, String name, Object oldValue) {
        if (attribute.length > 0) {
            HttpSessionBindingEvent event = new HttpSessionBindingEvent(source, name, oldValue);
            callAll("attributeReplaced", attribute, each -> each.attributeReplaced(event));
        }
    }

    @Override
    public void removed(HttpSession source, String name, Object value) {
        if (attribute.length > 0) {
            HttpSessionBindingEvent event = new HttpSessionBindingEvent(source, name, value);
            callAll("attributeRemoved", attribute, each -> each.attributeRemoved(event));
        }
    }

    @Override
    public void willPassivate(HttpSession source, Object value) {
        if (value instanceof HttpSessionActivationListener listener) {
            HttpSessionEvent event = new HttpSessionEvent(source);
            call("sessionWillPassivate", listener, each -> each.sessionWillPassivate(event));
        }
    }

    @Override
    public void didActivate(HttpSession source, Object value) {
        if (value instanceof HttpSessionActivationListener listener) {
            HttpSessionEvent event = new HttpSessionEvent(source);
            call("sessionDidActivate", listener, each -> each.sessionDidActivate(event));
        }
    }

    private <L> void callAll(String event, L[] listeners, Consumer<L> call) {
        for (L each : listeners) {
            call(event, each, call);
        }
    }

    private <L> void call(String event, L listener, Consumer<L> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // for each listener anew, as one could leave another behind
        thread.setContextClassLoader(applicationLoader);
        try {
            call.accept(listener);
        } catch (StackOverflowError e) {
            failures.report(event, listener, e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            failures.report(event, listener, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
