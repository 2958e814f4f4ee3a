package dev.holdfast.demo.boot;

import dev.holdfast.filter.SessionFilter;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** All that this application has of Holdfast: what stands in a web.xml elsewhere. */
@Configuration(proxyBeanMethods = false)
class SessionConfiguration {

    @Bean
    FilterRegistrationBean<SessionFilter> sessionFilter(@Value("${sessions.store}") String store) {
        FilterRegistrationBean<SessionFilter> registration = new FilterRegistrationBean<>(new SessionFilter());
        registration.setName("session");
        // before all others: Spring Security's would see the container's own session
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
        registration.setAsyncSupported(true);
        registration.addInitParameter("store", store);
        registration.addInitParameter("allow-classes", "dev.holdfast.demo.boot.*");
        return registration;
    }
}
