package dev.holdfast.demo.testapp;

/** Added by {@link Startup}. */
public final class CodeListener extends SessionRecorder {

    public CodeListener() {
        super("code");
    }
}
