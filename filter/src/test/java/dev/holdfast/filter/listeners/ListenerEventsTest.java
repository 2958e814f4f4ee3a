package dev.holdfast.filter.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.filter.container.DeclaredListeners;
import dev.holdfast.spi.TimeSource;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionActivationListener;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListenerEventsTest {

    private final List<String> heard = new ArrayList<>();
    private final ClassLoader application =
            new URLClassLoader(new URL[0], getClass().getClassLoader());
    private final StoppedClock time = new StoppedClock();
    private final HttpSession session = (HttpSession) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {HttpSession.class}, (proxy, method, args) -> {
                throw new UnsupportedOperationException(method.getName());
            });
    private final CollectedLog log = new CollectedLog();
    private final Logger logger = Logger.getLogger(ListenerEvents.class.getName());

    @BeforeEach
    void collectTheLog() {
        logger.setUseParentHandlers(false);
        logger.addHandler(log);
    }

    @AfterEach
    void leaveTheLog() {
        logger.removeHandler(log);
        logger.setUseParentHandlers(true);
    }

    @Test
    void createdComesInDeclarationOrderAndDestroyedInReverse() {
        ListenerEvents events = events(List.of(sessionListener("a"), sessionListener("b"), sessionListener("c")));

        events.created(session);
        events.destroyed(session);

        assertThat(heard).containsExactly("+a", "+b", "+c", "-c", "-b", "-a");
    }

    @Test
    void anExceptionOfOneListenerBreaksNeitherTheCallerNorTheOthers() {
        HttpSessionListener broken = new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                throw new NoClassDefFoundError("gone with the old deployment");
            }
        };
        ListenerEvents events = events(List.of(sessionListener("a"), broken, sessionListener("c")));

        events.created(session);
        events.destroyed(session);

        assertThat(heard).containsExactly("+a", "+c", "-c", "-a");
        assertThat(log.records)
                .hasSize(2)
                .allSatisfy(record -> assertThat(record.getThrown()).isNotNull());
    }

    @Test
    void endlessRecursionInOneListenerDoesNotStopTheOthers() {
        HttpSessionListener broken = new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                throw new StackOverflowError("as a test");
            }
        };
        ListenerEvents events = events(List.of(broken, sessionListener("b")));

        events.created(session);

        assertThat(heard).containsExactly("+b");
    }

    @Test
    void runningOutOfMemoryReachesTheCaller() {
        HttpSessionListener broken = new HttpSessionListener() {
            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                throw new OutOfMemoryError("as a test");
            }
        };
        ListenerEvents events = events(List.of(sessionListener("a"), broken));

        assertThatThrownBy(() -> events.destroyed(session)).isInstanceOf(OutOfMemoryError.class);
        assertThat(Thread.currentThread().getContextClassLoader()).isNotSameAs(application);
    }

    @Test
    void aListenerThatKeepsFailingIsReportedOnceAMinute() {
        HttpSessionListener broken = new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                throw new IllegalStateException("broken");
            }
        };
        ListenerEvents events = events(List.of(broken));

        for (int i = 0; i < 1000; i++) {
            events.created(session);
        }
        assertThat(log.records).hasSize(1);

        time.nanos += ListenerFailures.QUIET_NANOS;
        events.created(session);
        events.created(session);

        assertThat(log.messages()).hasSize(2);
        assertThat(log.messages().get(1)).contains("failed 1000 more times");
    }

    @Test
    void listenersRunWithTheApplicationsClassLoaderEvenIfOneOfThemLeavesAnother() {
        HttpSessionListener careless = new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                Thread.currentThread().setContextClassLoader(null);
            }
        };
        List<ClassLoader> seen = new ArrayList<>();
        HttpSessionListener looking = new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                seen.add(Thread.currentThread().getContextClassLoader());
            }
        };
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        events(List.of(careless, looking)).created(session);

        assertThat(seen).containsExactly(application);
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void anObjectIsCalledOnlyForTheKindsThatItIsListedFor() {
        HearsEverything both = new HearsEverything();
        ListenerEvents events = new ListenerEvents(
                new DeclaredListeners(List.of(both), List.of(), List.of(), "test"), application, time);

        events.created(session);
        events.added(session, "cart", 1);
        events.idChanged(session, "old");

        assertThat(heard).containsExactly("+all");
    }

    @Test
    void attributeListenersHearTheNameAndTheValueThatTheSpecificationNames() {
        HearsEverything all = new HearsEverything();
        ListenerEvents events = new ListenerEvents(
                new DeclaredListeners(List.of(), List.of(all), List.of(all), "test"), application, time);

        events.added(session, "cart", 1);
        events.replaced(session, "cart", 1);
        events.removed(session, "cart", 2);
        events.idChanged(session, "old");

        assertThat(heard).containsExactly("added cart=1", "replaced cart=1", "removed cart=2", "id was old");
    }

    @Test
    void valuesThatListenAreCalledThemselves() {
        Value value = new Value();
        ListenerEvents events = events(List.of());

        events.bound(session, "cart", value);
        events.willPassivate(session, value);
        events.didActivate(session, value);
        events.unbound(session, "cart", value);

        assertThat(heard).containsExactly("bound cart", "passivate", "activate", "unbound cart");
    }

    @Test
    void withoutListenersNoEventIsMade() {
        ListenerEvents events = events(List.of());
        // a source of null makes the constructor of any event throw
        events.created(null);
        events.destroyed(null);
        events.idChanged(null, "old");
        events.added(null, "cart", 1);
        events.replaced(null, "cart", 1);
        events.removed(null, "cart", 1);
        events.bound(null, "cart", 1);
        events.unbound(null, "cart", 1);
        events.willPassivate(null, 1);
        events.didActivate(null, 1);

        assertThat(log.records).isEmpty();
    }

    private ListenerEvents events(List<HttpSessionListener> listeners) {
        return new ListenerEvents(new DeclaredListeners(listeners, List.of(), List.of(), "test"), application, time);
    }

    private HttpSessionListener sessionListener(String name) {
        return new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                assertThat(event.getSession()).isSameAs(session);
                heard.add("+" + name);
            }

            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                assertThat(event.getSession()).isSameAs(session);
                heard.add("-" + name);
            }
        };
    }

    private final class HearsEverything
            implements HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener {
        @Override
        public void sessionCreated(HttpSessionEvent event) {
            heard.add("+all");
        }

        @Override
        public void attributeAdded(HttpSessionBindingEvent event) {
            heard.add("added " + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeReplaced(HttpSessionBindingEvent event) {
            heard.add("replaced " + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeRemoved(HttpSessionBindingEvent event) {
            heard.add("removed " + event.getName() + "=" + event.getValue());
        }

        @Override
        public void sessionIdChanged(HttpSessionEvent event, String oldId) {
            heard.add("id was " + oldId);
        }
    }

    private final class Value implements HttpSessionBindingListener, HttpSessionActivationListener {
        @Override
        public void valueBound(HttpSessionBindingEvent event) {
            heard.add("bound " + event.getName());
        }

        @Override
        public void valueUnbound(HttpSessionBindingEvent event) {
            heard.add("unbound " + event.getName());
        }

        @Override
        public void sessionWillPassivate(HttpSessionEvent event) {
            heard.add("passivate");
        }

        @Override
        public void sessionDidActivate(HttpSessionEvent event) {
            heard.add("activate");
        }
    }

    private static final class StoppedClock implements TimeSource {
        private long nanos;

        @Override
        public long wallMillis() {
            return 0;
        }

        @Override
        public long nanos() {
            return nanos;
        }
    }

    private static final class CollectedLog extends Handler {
        private final List<LogRecord> records = new ArrayList<>();

        List<String> messages() {
            return records.stream().map(LogRecord::getMessage).toList();
        }

        @Override
        public void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
