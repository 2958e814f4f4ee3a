package dev.holdfast.peer.wire;

import java.util.function.Consumer;
import org.jgroups.logging.Slf4jLogImpl;

/**
 * What JGroups says of connections to its port. It logs a line, or an error with a stack trace, for each that breaks off or that
 * somebody opened who does not belong here; here that is told as one event, of which there may be very many.
 */
final class PortLog extends Slf4jLogImpl {

    private final Consumer<String> trouble;

    PortLog(Consumer<String> trouble) {
        super(SealedTcp.class);
        this.trouble = trouble;
    }

    /** That a connection had already ended when it should have been ended is no trouble; it happens whenever a member goes. */
    private void tell(String what) {
        if (!what.contains("graceful close")) {
            trouble.accept(what);
        }
    }

    @Override
    public void warn(String text) {
        tell(text);
    }

    @Override
    public void warn(String format, Object... args) {
        tell(formatted(format, args));
    }

    @Override
    public void warn(String text, Throwable cause) {
        tell(text + ": " + cause);
    }

    @Override
    public void error(String text) {
        tell(text);
    }

    @Override
    public void error(String format, Object... args) {
        tell(formatted(format, args));
    }

    @Override
    public void error(String text, Throwable cause) {
        tell(text + ": " + cause);
    }

    private static String formatted(String format, Object... args) {
        return String.format(java.util.Locale.ROOT, format, args);
    }
}
