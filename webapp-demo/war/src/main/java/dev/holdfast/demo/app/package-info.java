/**
 * The demo's web application: plain servlets, listeners and JSPs as they have been written for twenty years.
 *
 * <p>Nothing in here knows that its sessions are shared: no import, no call, no special attribute type beyond
 * {@link java.io.Serializable}. What it keeps in the session are {@link dev.holdfast.demo.app.Clicks} (replaced at every
 * change), a {@link dev.holdfast.demo.app.Cart} (changed in place, never set again), a {@link dev.holdfast.demo.app.Trace} of
 * the servers that answered, a note and a user's name.
 *
 * <p>Servlets are called by many threads at once; {@code Cart} guards itself, the other values are immutable. Nobody
 * imports this package.
 */
@NullMarked
package dev.holdfast.demo.app;

import org.jspecify.annotations.NullMarked;
