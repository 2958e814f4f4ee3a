package dev.holdfast.serializers;

import java.util.Optional;

/** Whether an optional library is there. */
final class Libraries {

    private Libraries() {}

    /**
     * @param className of a class of the library
     * @param artifact that has it
     * @return the artifact if the class cannot be found beside us
     */
    static Optional<String> missing(String className, String artifact) {
        try {
            Class.forName(className, false, Libraries.class.getClassLoader());
            return Optional.empty();
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.of(artifact);
        }
    }
}
