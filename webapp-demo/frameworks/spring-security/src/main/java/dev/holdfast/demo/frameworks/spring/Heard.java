package dev.holdfast.demo.frameworks.spring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.event.EventListener;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.session.SessionDestroyedEvent;
import org.springframework.security.core.session.SessionIdChangedEvent;

/** What Spring was told of sessions on this node. */
public class Heard {

    private final List<String> events = new CopyOnWriteArrayList<>();

    @EventListener
    public void changed(SessionIdChangedEvent event) {
        events.add("changed " + !event.getOldSessionId().equals(event.getNewSessionId()));
    }

    @EventListener
    public void destroyed(SessionDestroyedEvent event) {
        for (SecurityContext each : event.getSecurityContexts()) {
            events.add("ended " + each.getAuthentication().getName());
        }
    }

    List<String> events() {
        return events;
    }
}
