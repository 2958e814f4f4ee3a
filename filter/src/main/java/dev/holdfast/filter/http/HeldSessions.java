package dev.holdfast.filter.http;

import dev.holdfast.filter.session.RequestLock;
import dev.holdfast.filter.session.RequestLocks;
import java.util.LinkedHashMap;
import java.util.Map;

/** The locks of one request. Held until it is over, so that what it saves last is there before another one has the session. */
final class HeldSessions {

    private final RequestLocks locks;

    /** Guarded by this. */
    private final Map<String, RequestLock> held = new LinkedHashMap<>();

    HeldSessions(RequestLocks locks) {
        this.locks = locks;
    }

    /**
     * Waits for the session, unless this request has it already.
     *
     * @return whether it has been taken just now
     */
    boolean take(String id) {
        synchronized (this) {
            if (held.containsKey(id)) {
                return false;
            }
        }
        // Not under the monitor: saves of this request, in other threads of it, need not wait for another session's
        // lock.
        RequestLock taken = locks.take(id);
        synchronized (this) {
            held.put(id, taken);
        }
        return true;
    }

    synchronized void release(String id) {
        RequestLock lock = held.remove(id);
        if (lock != null) {
            lock.release();
        }
    }

    /** @param ifLost runs before the failure is thrown */
    synchronized void requireHeld(Runnable ifLost) {
        try {
            held.values().forEach(RequestLock::requireHeld);
        } catch (RuntimeException e) {
            ifLost.run();
            throw e;
        }
    }

    synchronized void releaseAll() {
        held.values().forEach(RequestLock::release);
        held.clear();
    }
}
