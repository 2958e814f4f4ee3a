package dev.holdfast.demo.app;

import java.lang.management.ManagementFactory;
import java.util.OptionalLong;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** How many sessions the server itself has made, where its MBeans tell. */
final class NativeSessions {
    private NativeSessions() {}

    /** Those of all applications of this JVM since its start; empty if the server publishes no number. */
    static OptionalLong created() {
        MBeanServer mbeans = ManagementFactory.getPlatformMBeanServer();
        long total = 0;
        boolean known = false;
        try {
            for (ObjectName manager : mbeans.queryNames(new ObjectName("*:type=Manager,*"), null)) {
                total += ((Number) mbeans.getAttribute(manager, "sessionCounter")).longValue();
                known = true;
            }
            for (ObjectName handler :
                    mbeans.queryNames(new ObjectName("org.eclipse.jetty.*:type=sessionhandler,*"), null)) {
                total += ((Number) mbeans.getAttribute(handler, "sessionsCreated")).longValue();
                known = true;
            }
        } catch (JMException | ClassCastException e) {
            return OptionalLong.empty();
        }
        return known ? OptionalLong.of(total) : OptionalLong.empty();
    }
}
