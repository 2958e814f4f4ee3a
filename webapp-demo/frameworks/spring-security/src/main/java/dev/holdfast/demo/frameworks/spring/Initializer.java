package dev.holdfast.demo.frameworks.spring;

import org.springframework.security.web.context.AbstractSecurityWebApplicationInitializer;

/** As Spring Security's documentation has it: its filter comes before the application's. */
public final class Initializer extends AbstractSecurityWebApplicationInitializer {

    public Initializer() {
        super(Security.class);
    }

    @Override
    protected boolean enableHttpSessionEventPublisher() {
        return true;
    }
}
