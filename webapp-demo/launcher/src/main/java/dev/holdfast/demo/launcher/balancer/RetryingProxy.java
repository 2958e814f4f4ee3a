package dev.holdfast.demo.launcher.balancer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/** Jetty's proxy, made to try another node where {@link Balancer} allows it. */
final class RetryingProxy extends ProxyHandler {

    /** Larger bodies are passed through as they come, and such a request is sent once only. */
    private static final long MAX_KEPT_BODY = 64 * 1024;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_CONNECTIONS_PER_NODE = 256;
    private static final String EXCHANGE = RetryingProxy.class.getName() + ".exchange";

    private final RoundRobin roundRobin;
    private final LongAdder requests = new LongAdder();
    private final LongAdder retriedUnsent = new LongAdder();
    private final LongAdder retriedBroken = new LongAdder();
    private final LongAdder retriedUnavailable = new LongAdder();
    private final LongAdder failed = new LongAdder();

    RetryingProxy(RoundRobin roundRobin) {
        this.roundRobin = roundRobin;
    }

    BalancerCounts counts() {
        return new BalancerCounts(
                requests.sum(), retriedUnsent.sum(), retriedBroken.sum(), retriedUnavailable.sum(), failed.sum());
    }

    /** A client's request with the nodes that have seen it. Used by one thread at a time: attempts follow each other. */
    private static final class Exchange {
        final Set<Upstream> tried = new HashSet<>();
        /** The whole body, or null when there is none or it is too large to keep. */
        byte @Nullable [] body;

        final boolean hasBody;
        final boolean isRead;

        @Nullable
        Upstream upstream;

        Exchange(Request request) {
            this.hasBody = request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
            this.isRead =
                    !hasBody && (HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod()));
        }

        /** A body that was passed through is gone. */
        boolean canBeSentAgain() {
            return !hasBody || body != null;
        }
    }

    @Override
    protected void configureHttpClient(HttpClient client) {
        super.configureHttpClient(client);
        client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
        client.setMaxConnectionsPerDestination(MAX_CONNECTIONS_PER_NODE);
        // the browser's own is passed on
        client.setUserAgentField(null);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        requests.increment();
        Exchange exchange = new Exchange(request);
        request.setAttribute(EXCHANGE, exchange);
        long length = request.getLength();
        if (length > 0 && length <= MAX_KEPT_BODY) {
            // Kept, because a connection that fails fails the body with it, and there would be nothing to send to
            // another node.
            Content.Source.asByteBuffer(
                    request,
                    Promise.from(
                            body -> {
                                exchange.body = bytes(body);
                                attempt(exchange, request, response, callback);
                            },
                            failure -> refuse(request, response, callback, HttpStatus.BAD_REQUEST_400)));
        } else {
            attempt(exchange, request, response, callback);
        }
        return true;
    }

    private void attempt(Exchange exchange, Request request, Response response, Callback callback) {
        Upstream upstream = roundRobin.next(exchange.tried);
        exchange.upstream = upstream;
        if (upstream == null) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            refuse(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
            return;
        }
        exchange.tried.add(upstream);
        try {
            super.handle(request, response, callback);
        } catch (RuntimeException e) {
            // a path that is no URI for the client that would send it on
            refuse(request, response, callback, HttpStatus.BAD_REQUEST_400);
        }
    }

    private void refuse(Request request, Response response, Callback callback, int status) {
        failed.increment();
        Response.writeError(request, response, callback, status);
    }

    @Override
    protected HttpURI rewriteHttpURI(Request request) {
        Upstream upstream = upstreamOf(exchangeOf(request));
        return HttpURI.build(request.getHttpURI())
                .scheme("http")
                .authority(upstream.host(), upstream.port())
                .asImmutable();
    }

    @Override
    protected void copyRequestHeaders(Request request, org.eclipse.jetty.client.Request toNode) {
        super.copyRequestHeaders(request, toNode);
        // Our own server has answered it: it sends 100 when the body is read.
        toNode.headers(headers -> headers.remove(HttpHeader.EXPECT));
    }

    @Override
    protected org.eclipse.jetty.client.Request.Content newProxyToServerRequestContent(
            Request request, Response response, org.eclipse.jetty.client.Request toNode) {
        byte[] body = exchangeOf(request).body;
        if (body == null) {
            return super.newProxyToServerRequestContent(request, response, toNode);
        }
        String contentType = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return contentType == null ? new BytesRequestContent(body) : new BytesRequestContent(contentType, body);
    }

    @Override
    protected org.eclipse.jetty.client.Response.CompleteListener newServerToProxyResponseListener(
            Request request, org.eclipse.jetty.client.Request toNode, Response response, Callback callback) {
        Attempt attempt = new Attempt(exchangeOf(request), request, toNode, response, callback);
        toNode.onRequestBegin(begun -> attempt.begun = true);
        return attempt;
    }

    @Override
    protected void onServerToProxyResponseFailure(
            Request request,
            org.eclipse.jetty.client.Request toNode,
            org.eclipse.jetty.client.Response fromNode,
            Response response,
            Callback callback,
            Throwable failure) {
        failed.increment();
        super.onServerToProxyResponseFailure(request, toNode, fromNode, response, callback, failure);
    }

    private static Exchange exchangeOf(Request request) {
        if (request.getAttribute(EXCHANGE) instanceof Exchange exchange) {
            return exchange;
        }
        throw new IllegalStateException("a request that did not come through handle()");
    }

    private static Upstream upstreamOf(Exchange exchange) {
        Upstream upstream = exchange.upstream;
        if (upstream == null) {
            throw new IllegalStateException("no node has been chosen");
        }
        return upstream;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** One node's try at a request. The client's thread for that connection calls these in order. */
    private final class Attempt extends ProxyResponseListener {
        private final Exchange exchange;
        private final Upstream upstream;
        private final Request request;
        private final Response response;
        private final Callback callback;

        /** Whether a byte of the request may have left; set by the thread that sends, read after the attempt is over. */
        private volatile boolean begun;
        /** Whether a byte of the body has been given to the client's response. */
        private boolean passedOn;
        /** Whether this answer is thrown away for another node's. */
        private boolean discarded;

        Attempt(
                Exchange exchange,
                Request request,
                org.eclipse.jetty.client.Request toNode,
                Response response,
                Callback callback) {
            super(request, toNode, response, callback);
            this.exchange = exchange;
            this.upstream = upstreamOf(exchange);
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        @Override
        public void onBegin(org.eclipse.jetty.client.Response fromNode) {
            // the status is passed on with the headers, which tell whether it will be
        }

        @Override
        public void onHeaders(org.eclipse.jetty.client.Response fromNode) {
            roundRobin.answered(upstream);
            if (fromNode.getStatus() == HttpStatus.SERVICE_UNAVAILABLE_503
                    && fromNode.getHeaders().contains(HttpHeader.RETRY_AFTER)
                    && exchange.isRead
                    && isAnotherLeft()) {
                discarded = true;
                return;
            }
            super.onBegin(fromNode);
            super.onHeaders(fromNode);
            response.getHeaders().put(new HttpField(Balancer.NODE_HEADER, upstream.name()));
        }

        @Override
        public void onContent(org.eclipse.jetty.client.Response fromNode, Content.Chunk chunk, Runnable demander) {
            if (discarded) {
                demander.run();
                return;
            }
            passedOn = true;
            super.onContent(fromNode, chunk, demander);
        }

        @Override
        public void onSuccess(org.eclipse.jetty.client.Response fromNode) {
            if (!discarded) {
                passedOn = true;
                super.onSuccess(fromNode);
            }
        }

        @Override
        public void onComplete(Result result) {
            if (discarded) {
                again(retriedUnavailable);
            } else if (result.isSucceeded()) {
                super.onComplete(result);
            } else if (!begun && exchange.canBeSentAgain()) {
                roundRobin.refused(upstream);
                // also when no node is left: then the answer is 503, nothing was sent anywhere
                again(retriedUnsent);
            } else if (exchange.isRead && !passedOn && !response.isCommitted() && isAnotherLeft()) {
                again(retriedBroken);
            } else {
                super.onComplete(result);
            }
        }

        private boolean isAnotherLeft() {
            return roundRobin.hasOther(exchange.tried);
        }

        private void again(LongAdder count) {
            if (isAnotherLeft()) {
                count.increment();
            }
            response.reset();
            attempt(exchange, request, response, callback);
        }
    }
}
