package dev.holdfast.demo.testapp;

/** Declared in a tag library descriptor. */
public final class TldListener extends SessionRecorder {

    public TldListener() {
        super("tld");
    }
}
