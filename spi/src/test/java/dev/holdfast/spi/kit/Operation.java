package dev.holdfast.spi.kit;

/** The calls of a store. */
public enum Operation {
    LOAD,
    SAVE,
    TOUCH,
    REMOVE,
    CLAIM,
    CONFIRM,
    PING
}
