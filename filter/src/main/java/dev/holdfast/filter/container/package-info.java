/**
 * What a container tells about itself, all of it by reflection and in this one place: listeners, cookie settings, authentication, route.
 */
@NullMarked
package dev.holdfast.filter.container;

import org.jspecify.annotations.NullMarked;
