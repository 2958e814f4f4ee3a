package dev.holdfast.filter.session;

import dev.holdfast.spi.ExpiryPolicy;
import java.time.Duration;

/**
 * What the settings say about sessions.
 *
 * @param application the first part of every store key
 * @param policy how long things live
 * @param defaultMaxInactive of new sessions, from the web application's session timeout; zero or less: never
 * @param nearCacheSize how many live sessions this node keeps, positive
 * @param claimLease how long this node may take to run the listeners of an expired session, positive
 * @param rebuild whether a session that the store lost may be rebuilt from a live copy
 * @param compares whether values changed in place are found by comparison
 * @param refusesUnserializable whether {@code setAttribute} refuses values that cannot travel
 * @param maxSessionSize the most bytes that the encoded attributes of a session may have together, positive
 * @param writes what may be acknowledged before it is stored
 * @param stored which attributes are stored
 * @param maxActiveSessions how many sessions this node may have when it is asked for a new one, positive
 * @param expiresOnStop whether {@link Sessions#close} ends the sessions that this node has
 */
public record SessionRules(
        String application,
        ExpiryPolicy policy,
        Duration defaultMaxInactive,
        int nearCacheSize,
        Duration claimLease,
        boolean rebuild,
        boolean compares,
        boolean refusesUnserializable,
        int maxSessionSize,
        WriteRules writes,
        AttributeNames stored,
        int maxActiveSessions,
        boolean expiresOnStop) {

    /** With {@link WriteRules#STORED_FIRST}, all attributes stored, as many sessions as come, and none ended by a stop. */
    public SessionRules(
            String application,
            ExpiryPolicy policy,
            Duration defaultMaxInactive,
            int nearCacheSize,
            Duration claimLease,
            boolean rebuild,
            boolean compares,
            boolean refusesUnserializable,
            int maxSessionSize) {
        this(
                application,
                policy,
                defaultMaxInactive,
                nearCacheSize,
                claimLease,
                rebuild,
                compares,
                refusesUnserializable,
                maxSessionSize,
                WriteRules.STORED_FIRST,
                AttributeNames.all(),
                Integer.MAX_VALUE,
                false);
    }

    /** With other rules about what may wait. */
    public SessionRules with(WriteRules others) {
        return new SessionRules(
                application,
                policy,
                defaultMaxInactive,
                nearCacheSize,
                claimLease,
                rebuild,
                compares,
                refusesUnserializable,
                maxSessionSize,
                others,
                stored,
                maxActiveSessions,
                expiresOnStop);
    }
}
