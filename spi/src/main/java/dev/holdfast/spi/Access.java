package dev.holdfast.spi;

import java.time.Duration;

/**
 * Whether a load counts as an access of the session, and how long ago that was. The store writes it in the same trip when
 * the access it knows is older than {@link ExpiryPolicy#interval}; otherwise the caller reports it later by {@link
 * SessionStore#touch}.
 *
 * @param counts false: look without touching
 * @param age how long ago the request arrived; zero or more
 */
public record Access(boolean counts, Duration age) {

    /** A look that is no access. */
    public static final Access NONE = new Access(false, Duration.ZERO);

    /** An access at this moment. */
    public static final Access NOW = new Access(true, Duration.ZERO);

    /** An access that long ago; an age below zero counts as zero. */
    public static Access ago(Duration age) {
        return age.isNegative() || age.isZero() ? NOW : new Access(true, age);
    }
}
