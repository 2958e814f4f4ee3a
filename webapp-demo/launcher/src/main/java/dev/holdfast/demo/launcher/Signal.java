package dev.holdfast.demo.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A signal that Java itself does not send. */
public enum Signal {
    /** The process hangs, its sockets stay open. */
    STOP,
    /** It goes on. */
    CONT;

    /**
     * Returns when it has been sent; nothing happens if the process has ended.
     *
     * @throws IllegalStateException if it cannot be sent, or if interrupted meanwhile
     */
    public void send(Process process) {
        try {
            int status = new ProcessBuilder("kill", "-" + name(), String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0 && process.isAlive()) {
                throw new IllegalStateException(
                        "kill -" + name() + " " + process.pid() + " failed with status " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + name(), e);
        }
    }
}
