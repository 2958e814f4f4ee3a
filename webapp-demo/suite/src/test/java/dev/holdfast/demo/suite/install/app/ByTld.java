package dev.holdfast.demo.suite.install.app;

public final class ByTld extends SessionCounter {}
