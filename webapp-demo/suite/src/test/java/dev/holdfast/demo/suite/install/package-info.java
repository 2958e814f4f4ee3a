/**
 * Applications that nobody edited: the filter comes into them by its initializer. The packages below are such an application's
 * code, and know nothing of Holdfast.
 */
package dev.holdfast.demo.suite.install;
