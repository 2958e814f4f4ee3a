/** Every way in which a servlet can make an answer: what the comparison with and without the session filter asks for. */
@org.jspecify.annotations.NullMarked
package dev.holdfast.demo.testapp.bytes;
