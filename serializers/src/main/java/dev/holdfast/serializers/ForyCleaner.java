package dev.holdfast.serializers;

import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.fory.Fory;

/**
 * The thread that Fory 1.6 starts with its first object, to sweep a table of its own, and never ends. Where Fory is a
 * library of the application itself, that thread would keep the whole application in memory after it was undeployed, and
 * the table goes with the application anyway: it is not let start. Where several applications share one Fory, the thread is
 * the container's, and what it sweeps away are applications that have gone.
 */
final class ForyCleaner {

    private ForyCleaner() {}

    /** To be asked before the first Fory is made. */
    static void preventIn(ClassLoader application) {
        if (Fory.class.getClassLoader() != application) {
            return;
        }
        try {
            Field started = Class.forName("org.apache.fory.collection.MultiKeyWeakMap", true, application)
                    .getDeclaredField("CLEANER_STARTED");
            started.setAccessible(true);
            ((AtomicBoolean) started.get(null)).set(true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // another version of Fory, which may do without; a test tells whether ours is held
        }
    }
}
