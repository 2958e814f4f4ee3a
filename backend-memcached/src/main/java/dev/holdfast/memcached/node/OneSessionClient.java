package dev.holdfast.memcached.node;

import com.google.code.yanf4j.config.Configuration;
import com.google.code.yanf4j.core.Handler;
import com.google.code.yanf4j.core.Session;
import com.google.code.yanf4j.core.SocketOption;
import com.google.code.yanf4j.core.impl.StandardSocketOption;
import com.google.code.yanf4j.nio.NioSession;
import com.google.code.yanf4j.nio.NioSessionConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import net.rubyeye.xmemcached.CommandFactory;
import net.rubyeye.xmemcached.MemcachedOptimizer;
import net.rubyeye.xmemcached.MemcachedSessionComparator;
import net.rubyeye.xmemcached.MemcachedSessionLocator;
import net.rubyeye.xmemcached.XMemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.buffer.BufferAllocator;
import net.rubyeye.xmemcached.buffer.SimpleBufferAllocator;
import net.rubyeye.xmemcached.command.Command;
import net.rubyeye.xmemcached.exception.MemcachedException;
import net.rubyeye.xmemcached.impl.IndexMemcachedSessionComparator;
import net.rubyeye.xmemcached.impl.MemcachedConnector;
import net.rubyeye.xmemcached.impl.MemcachedHandler;
import net.rubyeye.xmemcached.impl.MemcachedTCPSession;
import org.jspecify.annotations.Nullable;

/**
 * xmemcached's client, reduced to one TCP connection in its life: it never connects again, as a token of the server before
 * would be good for the one after. It has two threads of its own until {@link #shutdown}. Thread-safe.
 *
 * <p>What is different from the client as it comes: commands are not merged (each is one of ours with its own answer, and a
 * token of its own); closing a connection sends nothing any more (as it comes it first sends what is queued, and waits up to
 * three seconds for that), and no answer goes to another command than its own while it is closed (as it comes one may); the
 * ends of connections are told to us and not logged as errors.
 */
@SuppressWarnings("deprecation") // buffer allocators do nothing any more, and are still asked for
final class OneSessionClient extends XMemcachedClient {

    private final OnlySession only;

    /**
     * Connects, and returns when that has succeeded or failed: {@link #isConnected} tells. Blocks for the timeout at most.
     *
     * @param address resolved
     * @param ended told why the connection has ended, once or more often, from any thread
     */
    static OneSessionClient connect(
            InetSocketAddress address, CommandFactory commands, long timeoutMillis, Consumer<String> ended)
            throws IOException {
        return new OneSessionClient(new OnlySession(ended), address, commands, timeoutMillis);
    }

    private OneSessionClient(OnlySession only, InetSocketAddress address, CommandFactory commands, long timeoutMillis)
            throws IOException {
        super(
                only,
                new IndexMemcachedSessionComparator(),
                new SimpleBufferAllocator(),
                configuration(),
                socketOptions(),
                commands,
                new BytesTranscoder(),
                Collections.<InetSocketAddress, @Nullable InetSocketAddress>singletonMap(address, null),
                List.of(),
                Map.of(),
                1,
                timeoutMillis,
                null,
                false,
                false);
        this.only = only;
        setEnableHeartBeat(false);
        // ends the thread that would connect again
        setEnableHealSession(false);
    }

    boolean isConnected() {
        return only.session != null;
    }

    /** @throws MemcachedException if there is no connection, or no more */
    void send(Command command) throws MemcachedException {
        sendCommand(command);
    }

    /** Ends the connection at once; what has not been sent never is. Idempotent; does not block. */
    void disconnect() {
        Session session = only.session;
        if (session != null) {
            session.close();
        }
    }

    private static Configuration configuration() {
        Configuration configuration = XMemcachedClientBuilder.getDefaultConfiguration();
        configuration.setSelectorPoolSize(1);
        return configuration;
    }

    @SuppressWarnings("rawtypes") // as xmemcached has it
    private static Map<SocketOption, Object> socketOptions() {
        Map<SocketOption, Object> options = new HashMap<>();
        options.put(StandardSocketOption.TCP_NODELAY, true);
        options.put(StandardSocketOption.SO_KEEPALIVE, true);
        // The system throws away what it has not yet sent.
        options.put(StandardSocketOption.SO_LINGER, 0);
        return options;
    }

    /** Called by the constructor above. */
    @Override
    protected MemcachedConnector newConnector(
            BufferAllocator bufferAllocator,
            Configuration configuration,
            MemcachedSessionLocator locator,
            MemcachedSessionComparator comparator,
            CommandFactory commandFactory,
            int poolSize,
            int maxQueuedNoReplyOperations) {
        configuration.setDispatchMessageThreadCount(0);
        OnlySession session = (OnlySession) locator;
        return new MemcachedConnector(
                configuration,
                locator,
                comparator,
                bufferAllocator,
                commandFactory,
                poolSize,
                maxQueuedNoReplyOperations) {

            @Override
            public void setHandler(Handler handler) {
                super.setHandler(handler == null ? null : new TellingHandler(OneSessionClient.this, session));
            }

            @Override
            protected NioSession buildSession(SocketChannel channel) {
                return new TellingSession(buildSessionConfig(channel, buildQueue()), commandFactory, session);
            }

            /** Without asking the server for its consent, and waiting for it. */
            @Override
            public synchronized void quitAllSessions() {
                getSessionSet().forEach(Session::close);
            }
        };
    }

    /** Every command goes to the first session there was, even after its end. This is what makes tokens safe. */
    private static final class OnlySession implements MemcachedSessionLocator {

        private final Consumer<String> ended;
        private volatile @Nullable Session session;

        OnlySession(Consumer<String> ended) {
            this.ended = ended;
        }

        @Override
        public @Nullable Session getSessionByKey(String key) {
            return session;
        }

        @Override
        public synchronized void updateSessions(Collection<Session> sessions) {
            if (session == null && !sessions.isEmpty()) {
                session = sessions.iterator().next();
            }
        }

        @Override
        public void setFailureMode(boolean failureMode) {
            // there is no other session to go to
        }

        void failed(Throwable failure) {
            // Never its message alone: some of the client's hold keys.
            ended.accept("connection lost (" + failure.getClass().getSimpleName() + ")");
        }
    }

    private static final class TellingHandler extends MemcachedHandler {

        private final OnlySession only;

        TellingHandler(XMemcachedClient client, OnlySession only) {
            super(client);
            this.only = only;
        }

        @Override
        public void onExceptionCaught(Session session, Throwable throwable) {
            only.failed(throwable);
        }
    }

    private static final class TellingSession extends MemcachedTCPSession {

        private final OnlySession only;

        TellingSession(NioSessionConfig config, CommandFactory commands, OnlySession only) {
            super(
                    config,
                    XMemcachedClientBuilder.getDefaultConfiguration().getSessionReadBufferSize(),
                    new Unmerged(),
                    0,
                    commands);
            this.only = only;
            setAllowReconnect(false);
        }

        /** As it is above, without sending what is queued. */
        @Override
        public void close() {
            synchronized (this) {
                if (isClosed()) {
                    return;
                }
                setClosed(true);
            }
            try {
                unregisterSession();
                unregisterChannel();
                clearAttributes();
            } catch (IOException e) {
                only.failed(e);
            } finally {
                only.ended.accept("connection closed");
                onClosed();
            }
        }

        /**
         * Nothing, where the one above takes the commands that were sent out of their queue, one by one, to fail them. Whoever
         * ends a connection calls it, and the client's own thread may just be handing out answers that it has read, each to
         * the next command of that queue: one would get that of another. {@link Connection} fails those who wait.
         */
        @Override
        public void destroy() {}

        /** As it is above, without logging the key of a command that was not answered as it should be. */
        @Override
        public void decode() {
            while (readBuffer.hasRemaining()) {
                Object command;
                try {
                    command = decoder.decode(readBuffer, this);
                } catch (RuntimeException e) {
                    only.failed(e);
                    close();
                    return;
                }
                if (command == null) {
                    return;
                }
                dispatchReceivedMessage(command);
            }
        }

        @Override
        public void onException(Throwable failure) {
            only.failed(failure);
        }
    }

    private static final class Unmerged implements MemcachedOptimizer {

        @Override
        @SuppressWarnings("rawtypes") // as xmemcached has it
        public Command optimize(Command command, Queue writeQueue, Queue<Command> executing, int sendBufferSize) {
            return command;
        }

        @Override
        public void setBufferAllocator(BufferAllocator allocator) {
            // allocates nothing
        }
    }
}
