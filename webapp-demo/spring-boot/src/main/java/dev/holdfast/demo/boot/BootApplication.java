package dev.holdfast.demo.boot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The main class. */
@SpringBootApplication(proxyBeanMethods = false)
public class BootApplication {

    /** As Spring Boot reads them: {@code --server.port=8081}. */
    public static void main(String[] arguments) {
        SpringApplication.run(BootApplication.class, arguments);
    }
}
