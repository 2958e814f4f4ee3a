package dev.holdfast.demo.app;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/** The figures that whatever keeps the sessions publishes by JMX, as an operator's monitoring would read them. */
final class Measurements {

    private Measurements() {}

    /** By the type of the MBean and the name of the attribute; 1 and 0 for true and false. Empty where nobody publishes any. */
    static Map<String, SortedMap<String, Long>> read() {
        SortedMap<String, SortedMap<String, Long>> figures = new TreeMap<>();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            for (ObjectName bean : server.queryNames(new ObjectName("dev.holdfast:type=*,*"), null)) {
                SortedMap<String, Long> ofType =
                        figures.computeIfAbsent(bean.getKeyProperty("type"), type -> new TreeMap<>());
                for (MBeanAttributeInfo attribute : server.getMBeanInfo(bean).getAttributes()) {
                    Object value = server.getAttribute(bean, attribute.getName());
                    if (value instanceof Number number) {
                        ofType.merge(attribute.getName(), number.longValue(), Long::sum);
                    } else if (value instanceof Boolean flag) {
                        ofType.merge(attribute.getName(), flag ? 1L : 0L, Long::max);
                    } else if (value instanceof TabularData table) {
                        addRows(table, ofType);
                    }
                }
            }
        } catch (JMException e) {
            // an application that is being stopped takes its beans away: what has been read is what there is
            return figures;
        }
        return figures;
    }

    /** A map of figures by name, as what a store tells of itself, in JMX's own form. */
    private static void addRows(TabularData table, SortedMap<String, Long> figures) {
        for (Object each : table.values()) {
            if (each instanceof CompositeData row
                    && row.containsKey("key")
                    && row.get("key") instanceof String name
                    && row.containsKey("value")
                    && row.get("value") instanceof Long figure) {
                figures.merge(name, figure, Long::sum);
            }
        }
    }
}
