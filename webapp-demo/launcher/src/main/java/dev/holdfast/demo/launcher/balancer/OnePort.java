package dev.holdfast.demo.launcher.balancer;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;

/** Jetty's proxy before one server of this machine, whose answers may go on for ever. */
final class OnePort extends ProxyHandler {

    private final int port;

    OnePort(int port) {
        this.port = port;
    }

    @Override
    protected void configureHttpClient(HttpClient client) {
        super.configureHttpClient(client);
        client.setIdleTimeout(0);
    }

    @Override
    protected HttpURI rewriteHttpURI(Request request) {
        return HttpURI.build(request.getHttpURI())
                .scheme("http")
                .authority("127.0.0.1", port)
                .asImmutable();
    }
}
