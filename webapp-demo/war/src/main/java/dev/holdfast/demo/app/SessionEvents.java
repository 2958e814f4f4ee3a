package dev.holdfast.demo.app;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts the session events of this server, declared in web.xml. With the system property {@code demo.event-log} it
 * also appends each to that file, before the call returns, so that a server that is killed leaves its events behind.
 *
 * <p>Ids are written as {@link IdHash}: who reads the log cannot take over a session.
 */
public final class SessionEvents
        implements ServletContextListener, HttpSessionListener, HttpSessionIdListener, HttpSessionAttributeListener {

    /** What can happen to a session. */
    public enum Kind {
        CREATED,
        DESTROYED,
        ID_CHANGED,
        ATTRIBUTE_ADDED,
        ATTRIBUTE_REPLACED,
        ATTRIBUTE_REMOVED
    }

    static final String CONTEXT_ATTRIBUTE = "sessionEvents";

    private final Map<Kind, AtomicLong> counts = new EnumMap<>(Kind.class);
    /** Null without a log; opened before the first request, closed after the last. */
    private volatile @Nullable FileChannel log;

    public SessionEvents() {
        for (Kind kind : Kind.values()) {
            counts.put(kind, new AtomicLong());
        }
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        event.getServletContext().setAttribute(CONTEXT_ATTRIBUTE, counts);
        String file = System.getProperty("demo.event-log");
        if (file != null) {
            try {
                log = FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException("demo.event-log cannot be written: " + file, e);
            }
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        FileChannel open = log;
        log = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                event.getServletContext().log("the event log could not be closed", e);
            }
        }
    }

    @Override
    public void sessionCreated(HttpSessionEvent event) {
        note(Kind.CREATED, event.getSession(), "");
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        // reads the session: its attributes are still there when it ends
        note(
                Kind.DESTROYED,
                event.getSession(),
                SessionView.clicks(event.getSession(), SessionView.CLICKS).ranges());
    }

    @Override
    public void sessionIdChanged(HttpSessionEvent event, String oldSessionId) {
        note(Kind.ID_CHANGED, event.getSession(), IdHash.of(oldSessionId));
    }

    @Override
    public void attributeAdded(HttpSessionBindingEvent event) {
        note(Kind.ATTRIBUTE_ADDED, event.getSession(), event.getName());
    }

    @Override
    public void attributeReplaced(HttpSessionBindingEvent event) {
        note(Kind.ATTRIBUTE_REPLACED, event.getSession(), event.getName());
    }

    @Override
    public void attributeRemoved(HttpSessionBindingEvent event) {
        note(Kind.ATTRIBUTE_REMOVED, event.getSession(), event.getName());
    }

    private void note(Kind kind, HttpSession session, String detail) {
        AtomicLong count = counts.get(kind);
        if (count != null) {
            count.incrementAndGet();
        }
        FileChannel open = log;
        if (open == null) {
            return;
        }
        String line = kind + "\t" + IdHash.of(session.getId()) + "\t" + detail.replaceAll("[\\t\\r\\n]", " ") + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        try {
            // one append per line: lines of two threads never mix
            open.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("demo.event-log cannot be written", e);
        }
    }
}
