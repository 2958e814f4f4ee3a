package dev.holdfast.peer.wire;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.util.TimeScheduler;

/**
 * Who may be dead is asked, over sealed packets, before anybody takes him for dead: whom JGroups has not heard for a while, and whose link has broken
 * ({@link Links.Listener#broken}). A killed process is noticed by its links, as the system ends them; so JGroups needs no port of its
 * own for that (FD_SOCK2), which strangers could reach.
 *
 * <p>Thread-safe. {@link #broken} does not wait.
 */
public final class Suspicions extends VERIFY_SUSPECT2 {

    /** JGroups looks every {@code timeout} whose time to answer is over, this looks right then. Later than that by what clocks are coarse. */
    private static final long AFTER_MILLIS = 20;

    /** In JGroups' order. Guarded by {@link #lock}. */
    private List<Address> members = List.of();

    /** Members whose link has broken, until they answer or are none any more. Guarded by {@link #lock}. */
    private final Set<Address> broken = new HashSet<>();

    private final Object lock = new Object();

    /** @param millis in which a member has to answer */
    public Suspicions(long millis) {
        setTimeout(millis);
        // Its headers are VERIFY_SUSPECT2's.
        setId(ClassConfigurator.getProtocolId(VERIFY_SUSPECT2.class));
    }

    /** The link to this one has ended, and not by this member. */
    public void broken(Address member) {
        synchronized (lock) {
            if (!members.contains(member)) {
                return;
            }
            broken.add(member);
        }
        suspectLater();
    }

    private void suspectLater() {
        TimeScheduler scheduler = timer;
        if (scheduler != null) {
            scheduler.execute(this::suspect);
        }
    }

    /** As all see a death, one of them does something about it: the first that is not suspect itself. */
    private void suspect() {
        List<Address> suspects;
        synchronized (lock) {
            Address first = members.stream()
                    .filter(member -> !broken.contains(member))
                    .findFirst()
                    .orElse(null);
            if (broken.isEmpty() || !getAddress().equals(first)) {
                return;
            }
            suspects = new ArrayList<>(broken);
        }
        up(new Event(Event.SUSPECT, suspects));
    }

    @Override
    public Object up(Event event) {
        Object result = super.up(event);
        if (event.getType() == Event.SUSPECT) {
            Future<?> unused = timer.schedule(this, getTimeout() + AFTER_MILLIS, TimeUnit.MILLISECONDS);
        }
        return result;
    }

    @Override
    public Object down(Event event) {
        Object result = super.down(event);
        if (event.getType() == Event.VIEW_CHANGE) {
            View view = event.getArg();
            boolean left;
            synchronized (lock) {
                members = List.copyOf(view.getMembers());
                broken.retainAll(members);
                left = !broken.isEmpty();
            }
            if (left) {
                // It may be this member's turn now.
                suspectLater();
            }
        }
        return result;
    }

    /** It has answered. */
    @Override
    public void unsuspect(Address member) {
        synchronized (lock) {
            broken.remove(member);
        }
        super.unsuspect(member);
    }
}
