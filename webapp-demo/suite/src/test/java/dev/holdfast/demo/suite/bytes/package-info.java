/** Answers are byte for byte those without the filter, the session's cookie apart; or visibly broken. */
@org.jspecify.annotations.NullMarked
package dev.holdfast.demo.suite.bytes;
