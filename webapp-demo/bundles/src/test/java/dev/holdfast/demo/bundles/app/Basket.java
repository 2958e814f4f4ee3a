package dev.holdfast.demo.bundles.app;

import java.io.Serializable;

/** What the application keeps in the session: a class of its own, which nobody outside of it can load. */
public record Basket(int things) implements Serializable {}
