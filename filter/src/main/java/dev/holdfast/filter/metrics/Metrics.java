package dev.holdfast.filter.metrics;

import dev.holdfast.filter.http.WebApplication;
import dev.holdfast.filter.session.RequestLocks;
import dev.holdfast.filter.store.StoreBreaker;
import dev.holdfast.spi.StoreReport;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MXBeans of one application: {@code dev.holdfast:type=Sessions,context=/shop} and {@code type=Store}, with {@code host} if
 * the container tells one, and {@code instance} if there are several of that name in this JVM. Not thread-safe.
 */
public final class Metrics implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Metrics.class);
    private static final int MOST_INSTANCES = 100;

    private final MBeanServer server;
    private final List<ObjectName> published = new ArrayList<>();

    private Metrics(MBeanServer server) {
        this.server = server;
    }

    /**
     * Publishes both. Never fails: an application without metrics is better than none, and the log says so.
     *
     * @param store as it may be shown
     * @param locks null if no request has its session for itself
     * @param report null if the store has nothing to tell of itself
     */
    public static Metrics publish(
            WebApplication application,
            String name,
            String store,
            @Nullable RequestLocks locks,
            StoreCounts counts,
            StoreBreaker breaker,
            @Nullable StoreReport report) {
        Metrics metrics = new Metrics(ManagementFactory.getPlatformMBeanServer());
        String where = where(application);
        metrics.publish("Sessions", where, new SessionsBean(application, name, store, locks));
        metrics.publish("Store", where, new StoreBean(counts, breaker, report));
        return metrics;
    }

    private static String where(WebApplication application) {
        Map<String, String> keys = new TreeMap<>();
        String path = application.context().getContextPath();
        keys.put("context", path == null || path.isEmpty() ? "/" : path);
        String host = host(application);
        if (host != null) {
            keys.put("host", host);
        }
        StringBuilder where = new StringBuilder();
        keys.forEach((key, value) -> where.append(',').append(key).append('=').append(quoted(value)));
        return where.toString();
    }

    private static @Nullable String host(WebApplication application) {
        try {
            return application.context().getVirtualServerName();
        } catch (UnsupportedOperationException | IllegalStateException e) {
            return null; // for those who are not asked at the right moment, as the specification lets them say
        }
    }

    private static String quoted(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "/._-".indexOf(c) >= 0)) {
                return ObjectName.quote(value);
            }
        }
        return value;
    }

    private void publish(String type, String where, Object bean) {
        try {
            for (int instance = 1; instance <= MOST_INSTANCES; instance++) {
                ObjectName name = new ObjectName(
                        "dev.holdfast:type=" + type + where + (instance == 1 ? "" : ",instance=" + instance));
                try {
                    published.add(server.registerMBean(bean, name).getObjectName());
                    return;
                } catch (InstanceAlreadyExistsException e) {
                    // the same application twice in this JVM, or a version of it that is being replaced
                }
            }
            log.warn("no metrics of {}{}: there are {} of that name", type, where, MOST_INSTANCES);
        } catch (JMException | SecurityException e) {
            log.warn("no metrics of {}{}: {}", type, where, e.toString());
        }
    }

    /** Takes the beans back, and with them the last hold on the application's class loader. Never throws. Idempotent. */
    @Override
    public void close() {
        for (ObjectName name : published) {
            try {
                server.unregisterMBean(name);
            } catch (JMException | SecurityException e) {
                log.warn("the metrics {} stay, and keep this application's classes: {}", name, e.toString());
            }
        }
        published.clear();
    }
}
