/**
 * What a web.xml names: the filter and the initializer that installs it. Everything else of this module is internal.
 */
@NullMarked
package dev.holdfast.filter;

import org.jspecify.annotations.NullMarked;
