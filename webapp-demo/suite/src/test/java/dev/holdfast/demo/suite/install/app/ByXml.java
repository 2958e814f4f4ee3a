package dev.holdfast.demo.suite.install.app;

public final class ByXml extends SessionCounter {}
