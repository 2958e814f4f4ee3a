package dev.holdfast.filter.session;

import jakarta.servlet.http.HttpSession;

/**
 * Who hears of what happens to sessions: the application's listeners. Called in the thread of the request or of the
 * expiry, never with a lock of this package held. Implementations deliver with the web application's class loader as context
 * class loader, and let no listener's exception out: one that throws breaks neither the request nor the other listeners.
 */
public interface SessionEvents {

    /** {@code HttpSessionListener.sessionCreated}, in declaration order. */
    void created(HttpSession session);

    /** {@code HttpSessionListener.sessionDestroyed}, in reverse order; attributes are readable. */
    void destroyed(HttpSession session);

    /** {@code HttpSessionIdListener.sessionIdChanged}. */
    void idChanged(HttpSession session, String oldId);

    /** {@code HttpSessionBindingListener.valueBound} on the value, if it is one; before it is visible. */
    void bound(HttpSession session, String name, Object value);

    /** {@code HttpSessionBindingListener.valueUnbound} on the value, if it is one; after it is no longer visible. */
    void unbound(HttpSession session, String name, Object value);

    /** {@code HttpSessionAttributeListener.attributeAdded}. */
    void added(HttpSession session, String name, Object value);

    /** {@code HttpSessionAttributeListener.attributeReplaced}, with the old value. */
    void replaced(HttpSession session, String name, Object oldValue);

    /** {@code HttpSessionAttributeListener.attributeRemoved}, with the value that was removed. */
    void removed(HttpSession session, String name, Object value);

    /** {@code HttpSessionActivationListener.sessionWillPassivate} on the value, if it is one: right before it is encoded for a save. */
    void willPassivate(HttpSession session, Object value);

    /** {@code HttpSessionActivationListener.sessionDidActivate} on the value, if it is one: when it was first decoded on this node. */
    void didActivate(HttpSession session, Object value);
}
