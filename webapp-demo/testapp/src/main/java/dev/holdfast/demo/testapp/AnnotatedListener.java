package dev.holdfast.demo.testapp;

import jakarta.servlet.annotation.WebListener;

/** Declared by its annotation. */
@WebListener
public final class AnnotatedListener extends SessionRecorder {

    public AnnotatedListener() {
        super("annotated");
    }
}
