package dev.holdfast.demo.testapp;

/** Declared in web.xml after {@link FirstListener}. */
public final class SecondListener extends SessionRecorder {

    public SecondListener() {
        super("second");
    }
}
