package dev.holdfast.demo.launcher.selftest;

import dev.holdfast.demo.launcher.selftest.Browser.Answer;
import dev.holdfast.demo.launcher.selftest.ExpectedSession.Sight;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** One user of the demo: clicks through its pages, and compares each with what they must show. Confined to one thread. */
final class Visitor {
    private static final long PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private final String name;
    private final Random random;
    private final Browser browser;
    private final Tally tally;
    private final Map<WriteKind, Integer> lastNumber = new EnumMap<>(WriteKind.class);
    private final BitSet cartLines = new BitSet();
    private final List<ExpectedSession> ended = new ArrayList<>();
    private @Nullable ExpectedSession session;
    private long pauseMillis = PAUSE_MILLIS;
    /** Since when nothing has been answered, by System.nanoTime; null while all is well. */
    private @Nullable Long waitingSince;
    /** Whether a server may still be at a write of this session. */
    private boolean isWriteUnderWay;

    Visitor(String name, long seed, Browser browser, Tally tally) {
        this.name = name;
        this.random = new Random(seed);
        this.browser = browser;
        this.tally = tally;
        for (WriteKind kind : WriteKind.values()) {
            lastNumber.put(kind, 0);
        }
    }

    /**
     * Clicks.
     *
     * @param gate is called with the number of each click before it is made, and may make the visitor wait
     */
    void click(int clicks, IntConsumer gate) {
        for (int click = 1; click <= clicks && !Thread.currentThread().isInterrupted(); click++) {
            gate.accept(click);
            one();
            tally.clicks.increment();
        }
    }

    /**
     * The last look at the session, on several nodes, and for some a logout. Call it once, after the clicks.
     *
     * @return all sessions that this visitor had
     */
    List<ExpectedSession> finish(int looks, long deadlineNanos) {
        for (int seen = 0; seen < looks; ) {
            if (System.nanoTime() - deadlineNanos > 0 || Thread.currentThread().isInterrupted()) {
                tally.found(Finding.UNFINISHED, 1, name + ": got no last answer");
                return ended;
            }
            look("/session.jsp");
            seen += waitingSince == null ? 1 : 0;
        }
        if (random.nextBoolean()) {
            logout();
        }
        end();
        return ended;
    }

    private void one() {
        int dice = random.nextInt(100);
        if (dice < 30) {
            write(WriteKind.CLICKS, Map.of());
        } else if (dice < 35) {
            writeBoth();
        } else if (dice < 50) {
            write(WriteKind.CART, Map.of("do", "add", "product", "Rope & <Anchor>"));
        } else if (dice < 56) {
            removeFromCart();
        } else if (dice < 68) {
            write(WriteKind.NOTES, Map.of("text", "note of " + name + " <b>&amp;"));
        } else if (dice < 82) {
            write(WriteKind.JOBS, Map.of("end", random.nextBoolean() ? "complete" : "dispatch"));
        } else if (dice < 91) {
            look("/session.jsp");
        } else if (dice < 96) {
            login();
        } else if (dice < 98) {
            logout();
        } else {
            look("/");
        }
        if (isWriteUnderWay) {
            leave();
        }
    }

    /**
     * A server that is still at a write saves what it had read before, with its own change, whenever it gets there; it may undo what
     * is written to the same attribute meanwhile, as any two requests of one session may. That would be nobody's loss, and could
     * not be told from one. So this visitor goes on with a new session.
     */
    private void leave() {
        isWriteUnderWay = false;
        if (session != null && !session.ids().isEmpty()) {
            tally.sessionsGivenUp.increment();
        }
        end();
        browser.forgetSession();
    }

    /** A new number, or again one that was not acknowledged, as somebody who clicks once more after an error. */
    private int number(WriteKind kind) {
        int last = lastNumber.getOrDefault(kind, 0);
        boolean again = last > 0 && session != null && waitingSince != null && random.nextBoolean();
        int number = again ? last : last + 1;
        lastNumber.put(kind, number);
        return number;
    }

    private void write(WriteKind kind, Map<String, String> form) {
        int number = number(kind);
        Answer answer = browser.post(kind.path(), with(form, number));
        note(kind, number, answer);
        if (answer.isAcknowledged()) {
            readAfter(answer, kind.path());
        }
    }

    /** Two changes at once, of two attributes: on two nodes, most likely, and none may undo the other. */
    private void writeBoth() {
        if (session == null || session.id().isEmpty() || session.isInDoubt()) {
            // two requests without a session would make two
            look("/session.jsp");
            return;
        }
        int click = number(WriteKind.CLICKS);
        int line = number(WriteKind.CART);
        List<Answer> answers = browser.postBoth(
                WriteKind.CLICKS.path(),
                with(Map.of(), click),
                WriteKind.CART.path(),
                with(Map.of("do", "add", "product", "Tea"), line));
        note(WriteKind.CLICKS, click, answers.get(0));
        note(WriteKind.CART, line, answers.get(1));
        // not the answers' own pages: each may have been made before the other change
        look("/session.jsp");
    }

    private void note(WriteKind kind, int number, Answer answer) {
        if (answer.isAcknowledged()) {
            writeAcknowledged();
            sessionOrNew().added(kind, number);
            if (kind == WriteKind.CART) {
                cartLines.set(number);
            }
        } else {
            writeUnacknowledged(answer);
            perhapsSession().numbers(kind).perhapsAdded(number);
        }
    }

    private void removeFromCart() {
        int line = cartLines.nextSetBit(random.nextInt(Math.max(1, cartLines.length())));
        if (line < 0 || session == null) {
            look("/cart");
            return;
        }
        cartLines.clear(line);
        Answer answer = browser.post(WriteKind.CART.path(), with(Map.of("do", "remove"), line));
        if (answer.isAcknowledged()) {
            writeAcknowledged();
            sessionOrNew().numbers(WriteKind.CART).removed(line);
            readAfter(answer, WriteKind.CART.path());
        } else {
            writeUnacknowledged(answer);
            perhapsSession().numbers(WriteKind.CART).perhapsRemoved(line);
        }
    }

    private void login() {
        ExpectedSession before = session;
        String oldCookie = browser.cookie();
        String user = name + "-" + random.nextInt(1_000_000);
        Answer answer = browser.post("/login", Map.of("name", user));
        if (!answer.isAcknowledged()) {
            writeUnacknowledged(answer);
            perhapsSession().perhapsLoggedIn(user, System.nanoTime());
            return;
        }
        writeAcknowledged();
        tally.logins.increment();
        sessionOrNew().loggedIn(user);
        readAfter(answer, "/session.jsp");
        // asked after the answer, so that an id that a login has replaced must be dead everywhere
        if (before != null && oldCookie != null && !oldCookie.equals(browser.cookie())) {
            mustBeDead(oldCookie, before.created(), "replaced by a login");
        }
    }

    private void logout() {
        ExpectedSession before = session;
        String oldCookie = browser.cookie();
        Answer answer = browser.post("/logout", Map.of());
        if (!answer.isAcknowledged()) {
            writeUnacknowledged(answer);
            if (before != null) {
                before.perhapsLoggedOut(System.nanoTime());
            }
            return;
        }
        writeAcknowledged();
        tally.logouts.increment();
        if (before != null) {
            before.loggedOut();
            end();
            if (oldCookie != null) {
                mustBeDead(oldCookie, before.created(), "logged out");
                mustBeDead(oldCookie, before.created(), "logged out");
            }
        }
    }

    private void mustBeDead(String cookie, String created, String why) {
        Answer answer = browser.getWithCookie(cookie, "/counter");
        Page page = answer.isAcknowledged() ? Page.read(answer.body()) : null;
        if (page != null && !page.id().isEmpty()) {
            tally.found(
                    Finding.ENDED_ID_ALIVE,
                    1,
                    name + ": an id " + why + " is alive on " + page.node() + ", session of " + page.created()
                            + ", was of " + created);
        }
    }

    private void look(String path) {
        Answer answer = browser.get(path);
        if (answer.isAcknowledged()) {
            answered();
            check(answer);
        } else {
            notAnswered(answer);
        }
    }

    /** Follows a redirect, and after an answer that is no page of the demo's looks at one: the write must be there. */
    private void readAfter(Answer answer, String page) {
        if (answer.isRedirect()) {
            String location = answer.location();
            look(location == null ? page : location);
        } else if (Page.read(answer.body()) == null) {
            look(page);
        } else {
            check(answer);
        }
    }

    private void check(Answer answer) {
        Page page = Page.read(answer.body());
        if (page == null) {
            tally.found(Finding.ERROR, 1, name + ": " + answer.node() + " answered with no page of the demo");
            return;
        }
        ExpectedSession expected = session;
        if (expected == null) {
            if (!page.id().isEmpty()) {
                meet(page);
            }
            return;
        }
        String before = expected.shortId();
        Sight sight = expected.see(page, System.nanoTime());
        switch (sight) {
            case SAME -> {
                if (expected.takeIdChangeExpected()) {
                    tally.found(Finding.ID_CHANGED, 1, name + ": a login on an old id " + before + " gave no new one");
                }
                compare(expected, page);
            }
            case RENAMED -> compare(expected, page);
            case RENAMED_UNASKED -> {
                tally.found(
                        Finding.ID_CHANGED,
                        1,
                        name + ": " + before + " became " + expected.shortId() + " on " + page.node());
                compare(expected, page);
            }
            case LOST -> {
                tally.found(
                        Finding.SESSION_LOST,
                        1,
                        name + ": " + before + " of " + expected.created() + " is gone, " + page.node() + " shows "
                                + (page.id().isEmpty() ? "none" : "another of " + page.created()));
                for (WriteKind kind : WriteKind.values()) {
                    int lost = expected.present(kind).cardinality();
                    tally.found(
                            Finding.WRITE_LOST,
                            lost,
                            name + ": " + lost + " of " + kind.attribute() + " with their session");
                }
                replace(page);
            }
            case GIVEN_UP -> {
                if (!expected.ids().isEmpty()) {
                    tally.sessionsGivenUp.increment();
                }
                replace(page);
            }
        }
    }

    private void replace(Page page) {
        end();
        if (!page.id().isEmpty()) {
            meet(page);
        }
    }

    private void compare(ExpectedSession expected, Page page) {
        for (WriteKind kind : WriteKind.values()) {
            ExpectedNumbers.Difference difference = expected.numbers(kind).compareWith(page.numbers(kind));
            tally.found(
                    Finding.WRITE_LOST,
                    difference.lost().cardinality(),
                    name + ": " + kind.attribute() + " " + NumberRanges.print(difference.lost()) + " of "
                            + expected.shortId() + " not on " + page.node());
            tally.found(
                    Finding.STRANGE_WRITE,
                    difference.strange().cardinality(),
                    name + ": " + kind.attribute() + " " + NumberRanges.print(difference.strange()) + " of "
                            + expected.shortId() + " on " + page.node());
        }
        if (!expected.agreesOnUser(page)) {
            tally.found(
                    Finding.LOGIN_LOST, 1, name + ": " + expected.shortId() + " shows another user on " + page.node());
        }
    }

    /** A session whose first request got no answer, or a page that makes one. */
    private void meet(Page page) {
        for (ExpectedSession dead : ended) {
            if (dead.isLoggedOut() && dead.ids().contains(page.id())) {
                tally.found(Finding.ENDED_ID_ALIVE, 1, name + ": logged out, and back on " + page.node());
            }
        }
        ExpectedSession met = sessionOrNew();
        met.adopt(page);
    }

    /** The session that a request without an answer may have begun. */
    private ExpectedSession perhapsSession() {
        boolean isNew = session == null;
        ExpectedSession current = sessionOrNew();
        if (isNew) {
            current.perhapsBegun(System.nanoTime());
        }
        return current;
    }

    private ExpectedSession sessionOrNew() {
        ExpectedSession current = session;
        if (current == null) {
            current = new ExpectedSession();
            session = current;
            tally.sessions.increment();
            cartLines.clear();
        }
        return current;
    }

    private void end() {
        if (session != null) {
            ended.add(session);
            session = null;
        }
    }

    private void writeAcknowledged() {
        tally.writesAcknowledged.increment();
        answered();
    }

    private void writeUnacknowledged(Answer answer) {
        tally.writesUnacknowledged.increment();
        isWriteUnderWay |= answer.mayBeUnderWay();
        notAnswered(answer);
    }

    private void answered() {
        if (waitingSince != null) {
            tally.longestOutageMillis.accumulate(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - waitingSince));
            waitingSince = null;
        }
        pauseMillis = PAUSE_MILLIS;
    }

    private void notAnswered(Answer answer) {
        if (!answer.isBroken() && !answer.isUnavailable()) {
            tally.found(Finding.ERROR, 1, name + ": " + answer.status() + " from " + answer.node());
        }
        if (waitingSince == null) {
            waitingSince = System.nanoTime();
        }
        pause();
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(pauseMillis / 2 + random.nextInt((int) pauseMillis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
    }

    private static Map<String, String> with(Map<String, String> form, int number) {
        Map<String, String> all = new HashMap<>(form);
        all.put("n", Integer.toString(number));
        return all;
    }
}
