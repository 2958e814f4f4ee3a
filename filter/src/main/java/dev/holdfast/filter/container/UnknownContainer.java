package dev.holdfast.filter.container;

import jakarta.servlet.DispatcherType;
import java.util.Optional;
import java.util.Set;

/** A container with no way in, or one whose way in is closed: everything is unreadable, for the reason given. */
final class UnknownContainer implements Container {

    private final String why;

    UnknownContainer(String why) {
        this.why = why;
    }

    @Override
    public String kind() {
        return "an unknown container";
    }

    @Override
    public DeclaredListeners listeners() throws UnreadableException {
        throw unreadable();
    }

    @Override
    public CookieOverrides cookie() throws UnreadableException {
        throw unreadable();
    }

    @Override
    public Optional<String> authMethod() throws UnreadableException {
        throw unreadable();
    }

    @Override
    public Optional<String> route() throws UnreadableException {
        throw unreadable();
    }

    @Override
    public boolean distributable() throws UnreadableException {
        throw unreadable();
    }

    @Override
    public Set<DispatcherType> dispatchers(String filterName) throws UnreadableException {
        throw unreadable();
    }

    @Override
    public long nativeSessionsCreated() throws UnreadableException {
        throw unreadable();
    }

    private UnreadableException unreadable() {
        return new UnreadableException(why, null);
    }
}
