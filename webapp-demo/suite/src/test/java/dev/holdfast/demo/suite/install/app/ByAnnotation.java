package dev.holdfast.demo.suite.install.app;

import jakarta.servlet.annotation.WebListener;

@WebListener
public final class ByAnnotation extends SessionCounter {}
