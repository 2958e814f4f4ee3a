package dev.holdfast.demo.frameworks.spring;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Nothing but what most applications have: a form, somebody who may come in, one session each. */
@Configuration
@EnableWebSecurity
public class Security {

    @Bean
    SecurityFilterChain chain(HttpSecurity http, SessionRegistry registry) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/heard")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .formLogin(Customizer.withDefaults())
                .logout(Customizer.withDefaults())
                .sessionManagement(sessions -> sessions.maximumSessions(1).sessionRegistry(registry))
                .build();
    }

    @Bean
    SessionRegistry registry() {
        return new SessionRegistryImpl();
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(User.withUsername("anna")
                .password("{noop}secret-of-anna")
                .roles("USER")
                .build());
    }

    @Bean
    Heard heard() {
        return new Heard();
    }
}
