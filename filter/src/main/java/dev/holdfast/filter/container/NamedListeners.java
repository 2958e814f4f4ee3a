package dev.holdfast.filter.container;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listeners made from class names, for containers that do not give theirs. */
final class NamedListeners {

    private static final Logger LOG = LoggerFactory.getLogger(NamedListeners.class);

    private NamedListeners() {}

    /** A class that cannot be made into a session listener is left out, with a line in the log. */
    static DeclaredListeners make(ServletContext context, List<String> classNames) {
        List<EventListener> made = new ArrayList<>();
        for (String name : classNames) {
            try {
                Class<?> type = Class.forName(name, true, context.getClassLoader());
                if (HttpSessionListener.class.isAssignableFrom(type)
                        || HttpSessionAttributeListener.class.isAssignableFrom(type)
                        || HttpSessionIdListener.class.isAssignableFrom(type)) {
                    made.add(context.createListener(type.asSubclass(EventListener.class)));
                } else {
                    LOG.warn("init-param listeners: {} is not a session listener; it is left out", name);
                }
            } catch (ClassNotFoundException | ServletException | LinkageError | RuntimeException e) {
                LOG.warn("init-param listeners: {} cannot be made; it is left out", name, e);
            }
        }
        return DeclaredListeners.of(made, made, "made from the init-param listeners");
    }
}
