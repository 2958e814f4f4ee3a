package dev.holdfast.serializers;

/** An object that would not come back right: its whole value is left to the JDK's serializer. Says which class, no more. */
final class UnsuitedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnsuitedException(Class<?> type, String why) {
        super(type.getName() + ": " + why, null, false, false); // thrown often, and no bug: without a stack trace
    }
}
