package dev.holdfast.benchmarks.node;

import org.apache.catalina.Context;
import org.apache.catalina.Manager;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.IntrospectionUtils;

/** A session manager of somebody's. Settings: its class, then {@code property=value} as in a context.xml. */
public final class ManagerSessions implements BenchNode.Sessions {
    @Override
    public void install(Tomcat tomcat, Context context, String[] settings) throws Exception {
        Manager manager =
                (Manager) Class.forName(settings[0]).getDeclaredConstructor().newInstance();
        for (int i = 1; i < settings.length; i++) {
            int equals = settings[i].indexOf('=');
            String property = settings[i].substring(0, equals);
            if (!IntrospectionUtils.setProperty(manager, property, settings[i].substring(equals + 1))) {
                throw new IllegalArgumentException(settings[0] + " has no property " + property);
            }
        }
        context.setManager(manager);
    }
}
