package dev.holdfast.demo.suite.install.app;

public final class ByCode extends SessionCounter {}
