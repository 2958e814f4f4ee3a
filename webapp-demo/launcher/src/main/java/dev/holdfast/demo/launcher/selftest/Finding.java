package dev.holdfast.demo.launcher.selftest;

/** What must not happen; one that does fails the selftest. */
enum Finding {
    WRITE_LOST("acknowledged writes lost"),
    SESSION_LOST("sessions lost"),
    ID_CHANGED("ids changed without a login"),
    LOGIN_LOST("logins lost"),
    ENDED_ID_ALIVE("ended ids that still answered"),
    STRANGE_WRITE("writes that nobody made, or undone removals"),
    SECOND_COOKIE("session cookies of a second name"),
    EVENT_MISSING("listener events missing"),
    EVENT_DUPLICATE("listener events duplicate"),
    NATIVE_SESSION("sessions that servers made on their own"),
    ERROR("errors that are no 502, 503 or 504"),
    UNFINISHED("visitors that did not finish");

    private final String title;

    Finding(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
