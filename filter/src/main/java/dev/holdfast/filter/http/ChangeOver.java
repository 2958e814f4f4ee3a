package dev.holdfast.filter.http;

import org.jspecify.annotations.Nullable;

/**
 * One answer by which a client may come to believe that this node serves its session: from its first byte on it carries our cookie
 * with our route. Until bytes have left, each save point tells the session's copy here that another node may have served
 * it meanwhile; without that the copy would be trusted by requests that come here because of this answer ({@link
 * dev.holdfast.filter.session.Sessions#servedElsewhere}).
 *
 * <p>Used by the threads that write the answer, one at a time.
 *
 * @param id by which the request knows the session
 * @param inCookie whether the client has the id in a cookie; in URLs the route goes along with the id
 */
record ChangeOver(String id, boolean inCookie) {

    /**
     * @param currentId of the session that the request uses, null if it uses none. If it was changed, the client hears of that from
     *     the answer that did it: this cookie would bring the dead id back
     */
    boolean needsCookie(@Nullable String currentId) {
        return inCookie && (currentId == null || currentId.equals(id));
    }
}
