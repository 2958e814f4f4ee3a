/**
 * What a container tells about itself, all of it by reflection on public methods and in this one place: listeners, cookie
 * settings, login, route. No container class is named; {@link dev.holdfast.filter.container.ContainerFacts} is the entry.
 *
 * <p>Read once while the filter starts, immutable afterwards. Imported by the filter, {@code dev.holdfast.filter.http} and {@code
 * dev.holdfast.filter.listeners}; imports nothing of ours.
 */
@NullMarked
package dev.holdfast.filter.container;

import org.jspecify.annotations.NullMarked;
