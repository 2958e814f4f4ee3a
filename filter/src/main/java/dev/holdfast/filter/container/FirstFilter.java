package dev.holdfast.filter.container;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a filter that was put before all others is there when everything is registered. The servlet API's "before" is
 * only before those of web.xml: among initializers, whoever is called first is first, and the order that a fragment asks for is
 * not kept by Jetty in an application that is metadata-complete.
 */
public final class FirstFilter implements ServletContextListener {

    private static final Logger LOG = LoggerFactory.getLogger(FirstFilter.class);

    private final ServletContext application;
    private final String filterName;

    /** @param application as the initializer got it */
    public FirstFilter(ServletContext application, String filterName) {
        this.application = application;
        this.filterName = filterName;
    }

    /** All initializers have been called by now, and no filter has been started. */
    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            JettyContainer jetty = JettyContainer.of(application);
            if (jetty != null && jetty.putFirst(filterName)) {
                LOG.info(
                        "session filter '{}' moved before the filters that other initializers had put first",
                        filterName);
            }
        } catch (UnreadableException e) {
            LOG.warn(
                    "cannot see whether session filter '{}' is the first filter of application '{}' ({}): filters before it get"
                            + " the container's own session",
                    filterName,
                    application.getContextPath(),
                    e.getMessage());
        }
    }
}
