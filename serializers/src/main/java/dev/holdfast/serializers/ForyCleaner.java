package dev.holdfast.serializers;

import org.apache.fory.collection.MultiKeyWeakMap;
import org.jspecify.annotations.Nullable;

/**
 * The thread that Fory 1.6 starts when it is first used, one for each time that its classes are loaded, and never ends: it
 * would keep the application whose {@code WEB-INF/lib} Fory is in. Thread-safe.
 *
 * <p>Here it is started on purpose, before Fory does, in a way by which it can be told from those of others; and interrupted,
 * at which it ends, when the last serializer is closed and Fory is the application's own. A Fory that applications
 * share needs it further.
 */
final class ForyCleaner {

    private static final String NAME = "fory-multi-key-weak-map-cleaner";

    /** It does nothing but wait: it ends at once. */
    private static final long END_LIMIT_MILLIS = 1000;

    private static int users;
    private static boolean begun;
    private static @Nullable Thread thread;

    private ForyCleaner() {}

    /** Before a serializer makes its first Fory. */
    static synchronized void use() {
        users++;
        if (!begun) {
            begun = true;
            thread = start();
        }
    }

    /** Null if somebody else has used this Fory before: it is theirs. */
    private static @Nullable Thread start() {
        ClassLoader mark = new ClassLoader(ForyCleaner.class.getClassLoader()) {};
        Thread starter = new Thread(() -> new MultiKeyWeakMap<Object>().get(new Object[] {mark}), "holdfast-fory");
        starter.setContextClassLoader(mark); // threads inherit it
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals(NAME) && each.getContextClassLoader() == mark)
                .findFirst()
                .orElse(null);
    }

    /** For each {@link #use}, once, by a thread whose context class loader is the application's. Waits for the end. */
    static synchronized void release() {
        ClassLoader application = Thread.currentThread().getContextClassLoader();
        Thread cleaner = thread;
        if (--users == 0 && cleaner != null && application == MultiKeyWeakMap.class.getClassLoader()) {
            thread = null;
            cleaner.interrupt();
            try {
                cleaner.join(END_LIMIT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
