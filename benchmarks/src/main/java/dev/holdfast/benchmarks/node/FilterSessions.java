package dev.holdfast.benchmarks.node;

import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** A filter that is mapped to all requests. Settings: its class, then {@code name=value}, its init-params. */
public final class FilterSessions implements BenchNode.Sessions {
    @Override
    public void install(Tomcat tomcat, Context context, String[] settings) {
        FilterDef filter = new FilterDef();
        filter.setFilterName("session");
        filter.setFilterClass(settings[0]);
        filter.setAsyncSupported("true");
        for (int i = 1; i < settings.length; i++) {
            int equals = settings[i].indexOf('=');
            filter.addInitParameter(settings[i].substring(0, equals), settings[i].substring(equals + 1));
        }
        context.addFilterDef(filter);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("session");
        mapping.addURLPatternDecoded("/*");
        context.addFilterMap(mapping);
    }
}
