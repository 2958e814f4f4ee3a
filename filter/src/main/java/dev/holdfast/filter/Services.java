package dev.holdfast.filter;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds implementations by {@link ServiceLoader}: those that the application brings, then those beside the filter. */
final class Services {

    private static final Logger log = LoggerFactory.getLogger(Services.class);

    private Services() {}

    /** Each class once. One that cannot be made is left out with a line in the log: it may not be the one that is needed. */
    static <T> List<T> find(Class<T> type, ClassLoader application) {
        List<T> found = new ArrayList<>();
        Set<Class<?>> seen = new LinkedHashSet<>();
        List<ClassLoader> loaders = new ArrayList<>(List.of(application));
        ClassLoader mine = Services.class.getClassLoader();
        if (mine != null && mine != application) {
            loaders.add(mine);
        }
        for (ClassLoader loader : loaders) {
            Iterator<T> each = ServiceLoader.load(type, loader).iterator();
            while (true) {
                try {
                    if (!each.hasNext()) {
                        break;
                    }
                    T service = each.next();
                    if (seen.add(service.getClass())) {
                        found.add(service);
                    }
                } catch (ServiceConfigurationError e) {
                    // also: the same service in two class loaders, of which one has another copy of the type
                    log.warn("a {} cannot be used: {}", type.getSimpleName(), e.getMessage());
                    log.debug("the cause", e);
                }
            }
        }
        return found;
    }
}
