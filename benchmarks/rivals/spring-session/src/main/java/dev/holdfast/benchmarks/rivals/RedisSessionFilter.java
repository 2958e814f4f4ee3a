package dev.holdfast.benchmarks.rivals;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.SaveMode;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.web.http.SessionRepositoryFilter;

/** Spring Session as Spring Boot sets it up by default: a hash for each session, Java serialization, Lettuce. */
public final class RedisSessionFilter implements Filter {

    private LettuceConnectionFactory connections;
    private SessionRepositoryFilter<?> filter;

    /**
     * Init-param {@code port}: of the Redis on this machine. Init-param {@code save-mode}: when an attribute is saved, if not only
     * when it is set; as Spring's enum has it.
     */
    @Override
    public void init(FilterConfig config) {
        connections = new LettuceConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", Integer.parseInt(config.getInitParameter("port"))));
        connections.afterPropertiesSet();
        connections.start();
        RedisTemplate<String, Object> template = new RedisTemplate<>();
        template.setConnectionFactory(connections);
        template.setKeySerializer(RedisSerializer.string());
        template.setHashKeySerializer(RedisSerializer.string());
        template.setDefaultSerializer(RedisSerializer.java(getClass().getClassLoader()));
        template.afterPropertiesSet();
        RedisSessionRepository repository = new RedisSessionRepository(template);
        String saveMode = config.getInitParameter("save-mode");
        if (saveMode != null) {
            repository.setSaveMode(SaveMode.valueOf(saveMode));
        }
        filter = new SessionRepositoryFilter<>(repository);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        filter.doFilter(request, response, chain);
    }

    @Override
    public void destroy() {
        connections.destroy();
    }
}
