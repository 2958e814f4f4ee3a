/** A form with a token of Apache Struts. */
@NullMarked
package dev.holdfast.demo.frameworks.struts;

import org.jspecify.annotations.NullMarked;
