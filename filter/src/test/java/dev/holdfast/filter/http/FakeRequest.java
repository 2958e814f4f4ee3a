package dev.holdfast.filter.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A container's request, as far as sessions are concerned; whatever else it is asked fails. */
class FakeRequest extends HttpServletRequestWrapper {

    private static final HttpServletRequest NOTHING_ELSE = (HttpServletRequest) Proxy.newProxyInstance(
            FakeRequest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.toString());
            });

    final Map<String, Object> attributes = new HashMap<>();
    final Map<String, List<String>> headers = new LinkedHashMap<>();
    ServletContext context;
    DispatcherType type = DispatcherType.REQUEST;
    String scheme = "http";
    String host = "shop.example";
    int port = 80;
    String contextPath = "/shop";
    String uri = "/shop/cart";
    String user;
    String containersRequestedId;
    FakeAsyncContext async;
    FakeResponse response;

    FakeRequest(ServletContext context) {
        super(NOTHING_ELSE);
        this.context = context;
    }

    FakeRequest cookie(String line) {
        headers.computeIfAbsent("Cookie", name -> new java.util.ArrayList<>()).add(line);
        return this;
    }

    @Override
    public ServletContext getServletContext() {
        return context;
    }

    @Override
    public DispatcherType getDispatcherType() {
        return type;
    }

    @Override
    public Object getAttribute(String name) {
        return attributes.get(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        attributes.put(name, value);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return Collections.enumeration(headers.getOrDefault(name, List.of()));
    }

    @Override
    public String getRequestedSessionId() {
        return containersRequestedId;
    }

    @Override
    public String getScheme() {
        return scheme;
    }

    @Override
    public String getServerName() {
        return host;
    }

    @Override
    public int getServerPort() {
        return port;
    }

    @Override
    public boolean isSecure() {
        return scheme.equals("https");
    }

    @Override
    public String getContextPath() {
        return contextPath;
    }

    @Override
    public String getRequestURI() {
        return uri;
    }

    @Override
    public StringBuffer getRequestURL() {
        return new StringBuffer(scheme + "://" + host + (port == 80 ? "" : ":" + port) + uri);
    }

    @Override
    public String getRemoteUser() {
        return user;
    }

    @Override
    public void login(String username, String password) {
        user = username;
    }

    @Override
    public boolean isAsyncStarted() {
        return async != null && async.started;
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse answer) {
        async = new FakeAsyncContext(request, answer);
        return async;
    }

    @Override
    public AsyncContext getAsyncContext() {
        if (!isAsyncStarted()) {
            throw new IllegalStateException("not started");
        }
        return async;
    }
}
