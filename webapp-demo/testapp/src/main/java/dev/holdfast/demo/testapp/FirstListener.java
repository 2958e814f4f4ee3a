package dev.holdfast.demo.testapp;

/** Declared in web.xml before {@link SecondListener}. */
public final class FirstListener extends SessionRecorder {

    public FirstListener() {
        super("first");
    }
}
