package dev.holdfast.demo.app;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the pages show of the visitor's session; made anew for each page, by the JSPs. Has getters because EL wants them. */
public final class SessionView {
    static final String CLICKS = "clicks";
    static final String CART = "cart";
    static final String JOBS = "jobs";
    static final String NOTES = "notes";
    static final String NOTE = "note";
    static final String USER = "user";
    static final String TRACE = "trace";

    private static final int SHOWN_OF_ID = 6;
    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final @Nullable HttpSession session;

    private SessionView(@Nullable HttpSession session) {
        this.session = session;
    }

    /** Never creates a session: looking at a page is no reason to have one. */
    public static SessionView of(HttpServletRequest request) {
        return new SessionView(request.getSession(false));
    }

    public boolean isPresent() {
        return session != null;
    }

    public String getNode() {
        return Node.name();
    }

    public long getPid() {
        return Node.pid();
    }

    public String getId() {
        return session == null ? "" : session.getId();
    }

    /** The beginning of the id, which is enough to see that it stays, and of no use to who looks over a shoulder. */
    public String getShortId() {
        String id = getId();
        return id.length() <= SHOWN_OF_ID ? id : id.substring(0, SHOWN_OF_ID) + "…";
    }

    public @Nullable String getConsole() {
        return Node.console();
    }

    public String getColour() {
        return "n" + Node.colour(Node.name());
    }

    public List<String> getTrace() {
        return session != null && session.getAttribute(TRACE) instanceof Trace trace ? trace.nodes() : List.of();
    }

    /** For the tags; EL knows no records. */
    public List<Attribute> attributes() {
        return session == null ? List.of() : Attribute.of(session);
    }

    public String getCreatedAt() {
        return session == null
                ? ""
                : Instant.ofEpochMilli(session.getCreationTime()).toString();
    }

    public String getLastAccessedAt() {
        return session == null
                ? ""
                : Instant.ofEpochMilli(session.getLastAccessedTime())
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString();
    }

    public String getCreatedText() {
        return session == null ? "" : TEXT.format(Instant.ofEpochMilli(session.getCreationTime()));
    }

    public String getLastAccessedText() {
        return session == null ? "" : TEXT.format(Instant.ofEpochMilli(session.getLastAccessedTime()));
    }

    public boolean isFresh() {
        return session != null && session.isNew();
    }

    public @Nullable String getUser() {
        return session == null ? null : (String) session.getAttribute(USER);
    }

    public @Nullable String getNote() {
        return session == null ? null : (String) session.getAttribute(NOTE);
    }

    public Clicks getClicks() {
        return clicks(session, CLICKS);
    }

    public Clicks getJobs() {
        return clicks(session, JOBS);
    }

    public Clicks getNotes() {
        return clicks(session, NOTES);
    }

    public List<Map.Entry<Integer, String>> getCart() {
        return session != null && session.getAttribute(CART) instanceof Cart cart ? cart.lines() : List.of();
    }

    public int getNextLine() {
        return session != null && session.getAttribute(CART) instanceof Cart cart ? cart.next() : 1;
    }

    /** The line numbers in the cart, such as {@code 1-17 19}. */
    public String getCartLines() {
        Clicks lines = Clicks.NONE;
        for (Map.Entry<Integer, String> line : getCart()) {
            lines = lines.with(line.getKey());
        }
        return lines.ranges();
    }

    /** Notes in the session that this server has answered. */
    static void sign(HttpSession session) {
        Trace before = session.getAttribute(TRACE) instanceof Trace trace ? trace : Trace.NONE;
        session.setAttribute(TRACE, before.with(Node.name()));
    }

    static Clicks clicks(@Nullable HttpSession session, String name) {
        return session != null && session.getAttribute(name) instanceof Clicks clicks ? clicks : Clicks.NONE;
    }
}
