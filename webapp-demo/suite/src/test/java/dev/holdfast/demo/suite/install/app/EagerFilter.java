package dev.holdfast.demo.suite.install.app;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** A filter that takes the session at once, as frameworks do. */
@WebFilter(
        filterName = "by-annotation",
        urlPatterns = "/*",
        dispatcherTypes = {DispatcherType.REQUEST, DispatcherType.ERROR})
public final class EagerFilter implements Filter {

    private String name = "";

    @Override
    public void init(FilterConfig config) {
        name = config.getFilterName();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        if (!http.getServletPath().equals("/heard")) {
            Heard.add("filter " + name + " " + http.getSession().getClass().getName());
        }
        chain.doFilter(request, response);
    }
}
