/** Session and conversation scoped beans of CDI. */
@NullMarked
package dev.holdfast.demo.frameworks.weld;

import org.jspecify.annotations.NullMarked;
