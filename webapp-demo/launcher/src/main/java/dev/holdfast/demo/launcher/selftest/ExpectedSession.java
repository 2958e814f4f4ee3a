package dev.holdfast.demo.launcher.selftest;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one visitor's session must and may hold, from its first request to its end. Not thread-safe.
 *
 * <p>Its end, and a change of its id, can be in doubt: when a logout or a login got no answer, the session may go on, or
 * be gone as far as this visitor can tell, because the cookie with its new id never arrived. That is no loss of the
 * server's; it is counted as given up. The doubt passes when the session is seen again a while later.
 */
final class ExpectedSession {
    /** Longer than a server works on a request whose client has gone. */
    private static final long DOUBT_NANOS = 5_000_000_000L;

    private final Map<WriteKind, ExpectedNumbers> numbers = new EnumMap<>(WriteKind.class);
    private final List<String> ids = new ArrayList<>();
    /** By the page's words; empty until one has been seen. */
    private String created = "";

    private String user = "";
    /** Names of logins without an acknowledgement. */
    private final Set<String> perhapsUsers = new HashSet<>();
    /** When the end or the id came in doubt, by System.nanoTime; null if they are not. */
    private @Nullable Long doubtfulSince;

    private boolean idChangeExpected;
    private boolean allIdsKnown = true;
    private boolean adopted;
    private boolean loggedOut;
    private boolean endDoubtful;

    ExpectedSession() {
        for (WriteKind kind : WriteKind.values()) {
            numbers.put(kind, new ExpectedNumbers());
        }
    }

    ExpectedNumbers numbers(WriteKind kind) {
        ExpectedNumbers of = numbers.get(kind);
        if (of == null) {
            throw new IllegalStateException("no numbers of " + kind);
        }
        return of;
    }

    /** Acknowledged; while its end is in doubt maybe by another session, which only the next page tells. */
    void added(WriteKind kind, int number) {
        if (isInDoubt()) {
            numbers(kind).addedHereOrElsewhere(number);
        } else {
            numbers(kind).added(number);
        }
    }

    /** The latest id that a page showed, empty if none did yet. */
    String id() {
        return ids.isEmpty() ? "" : ids.get(ids.size() - 1);
    }

    /** All ids that it had, oldest first; each change came with a login. */
    List<String> ids() {
        return List.copyOf(ids);
    }

    /** Whether no id escaped that it had between two of {@link #ids}, or before the first. */
    boolean areAllIdsKnown() {
        return allIdsKnown;
    }

    /** Whether its first content was taken from a page: writes that nobody acknowledged may have been in it. */
    boolean isAdopted() {
        return adopted;
    }

    boolean isLoggedOut() {
        return loggedOut;
    }

    /** Whether a logout or login of it ever went unanswered. */
    boolean wasEndDoubtful() {
        return endDoubtful;
    }

    String created() {
        return created;
    }

    /** The request that would have begun it got no answer: it may be that there is none. */
    void perhapsBegun(long nanoTime) {
        inDoubt(nanoTime);
        allIdsKnown = false;
    }

    void loggedIn(String name) {
        user = name;
        perhapsUsers.clear();
        if (ids.isEmpty() || idChangeExpected) {
            // it may have had an id in between that no page has shown
            allIdsKnown = false;
        }
        idChangeExpected = !ids.isEmpty();
    }

    void perhapsLoggedIn(String name, long nanoTime) {
        perhapsUsers.add(name);
        inDoubt(nanoTime);
        // the login may have changed the id, and a later one again
        allIdsKnown = false;
    }

    void loggedOut() {
        loggedOut = true;
    }

    void perhapsLoggedOut(long nanoTime) {
        inDoubt(nanoTime);
    }

    private void inDoubt(long nanoTime) {
        doubtfulSince = nanoTime;
        endDoubtful = true;
    }

    boolean isInDoubt() {
        return doubtfulSince != null;
    }

    /** How a page relates to this session. */
    enum Sight {
        SAME,
        /** Same session, and the new id that a login gives, or may have given. */
        RENAMED,
        /** Same session with an id that nobody asked for. */
        RENAMED_UNASKED,
        /** Another session, or none, and this one must be there. */
        LOST,
        /** Another session, or none, which an unanswered logout or login explains. */
        GIVEN_UP
    }

    /** Compares the page's id and time of creation, and remembers a new id if it is still this session. */
    Sight see(Page page, long nanoTime) {
        if (page.id().isEmpty()) {
            return isInDoubt() ? Sight.GIVEN_UP : Sight.LOST;
        }
        if (ids.isEmpty()) {
            ids.add(page.id());
            created = page.created();
            return Sight.SAME;
        }
        if (page.id().equals(id())) {
            if (!page.created().equals(created)) {
                return Sight.LOST;
            }
            if (doubtfulSince != null && nanoTime - doubtfulSince > DOUBT_NANOS) {
                doubtfulSince = null;
            }
            return Sight.SAME;
        }
        if (!page.created().equals(created)) {
            return isInDoubt() ? Sight.GIVEN_UP : Sight.LOST;
        }
        boolean asked = idChangeExpected || isInDoubt();
        ids.add(page.id());
        idChangeExpected = false;
        return asked ? Sight.RENAMED : Sight.RENAMED_UNASKED;
    }

    /** Whether an acknowledged login has not shown a new id yet; asking clears it. */
    boolean takeIdChangeExpected() {
        boolean expected = idChangeExpected;
        idChangeExpected = false;
        return expected;
    }

    /** Whether the page shows the user who logged in; takes the page's word from then on. */
    boolean agreesOnUser(Page page) {
        boolean agrees = page.user().equals(user) || perhapsUsers.contains(page.user());
        user = page.user();
        return agrees;
    }

    /** Takes all that a page shows as the truth: the visitor meets a session whose beginning got no answer. */
    void adopt(Page page) {
        adopted = true;
        ids.clear();
        ids.add(page.id());
        created = page.created();
        user = page.user();
        perhapsUsers.clear();
        for (WriteKind kind : WriteKind.values()) {
            numbers(kind).adopt(page.numbers(kind));
        }
    }

    /** For messages: enough of the id to find it again, not enough to use it. */
    String shortId() {
        return id().isEmpty() ? "(no id yet)" : id().substring(0, Math.min(6, id().length())) + "…";
    }

    BitSet present(WriteKind kind) {
        return numbers(kind).present();
    }
}
