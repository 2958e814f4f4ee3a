package dev.holdfast.filter.codec;

/**
 * How to look at the objects of one class. What {@link #look} hands to the walker, in order, must tell apart any two objects
 * of the class that serialization would write differently.
 */
abstract class Shape {

    /** Tells this shape from all others. */
    final long token;

    /** Instances never change, and are as good as any equal one: looked at by value, and at each place they occur. */
    final boolean byValue;

    /** By Java serialization instances are made only when all that they hold is there: nothing in it can refer to them. */
    final boolean madeLast;

    Shape(long token, boolean byValue, boolean madeLast) {
        this.token = token;
        this.byValue = byValue;
        this.madeLast = madeLast;
    }

    abstract void look(Object object, Walker walker);
}
