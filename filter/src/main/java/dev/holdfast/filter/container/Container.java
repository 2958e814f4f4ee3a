package dev.holdfast.filter.container;

import jakarta.servlet.DispatcherType;
import java.util.Optional;
import java.util.Set;

/**
 * One application, as one kind of container knows it. Every method asks anew, and fails alone: what one container version does
 * not tell must not hide the rest.
 */
interface Container {

    /** For the log: which kind it is taken for. */
    String kind();

    DeclaredListeners listeners() throws UnreadableException;

    CookieOverrides cookie() throws UnreadableException;

    /** The {@code <auth-method>} of the login that the container itself does; empty if it does none. */
    Optional<String> authMethod() throws UnreadableException;

    /** What this node is called in session ids; empty if it has no name that tells it from others. */
    Optional<String> route() throws UnreadableException;

    /** {@code <distributable/>}. */
    boolean distributable() throws UnreadableException;

    /** For which dispatches a filter is mapped, all its mappings together; empty if it is not mapped. */
    Set<DispatcherType> dispatchers(String filterName) throws UnreadableException;

    /** How many sessions the container itself has made for this application since it started. */
    long nativeSessionsCreated() throws UnreadableException;
}
