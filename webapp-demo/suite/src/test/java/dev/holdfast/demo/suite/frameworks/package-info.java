/**
 * Small applications of frameworks that keep their state in the session, in the middle of being used by somebody, on two nodes
 * that take his requests in turns, one of which dies. The applications know nothing of Holdfast, which lies beside them.
 */
package dev.holdfast.demo.suite.frameworks;
