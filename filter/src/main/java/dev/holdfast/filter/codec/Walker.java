package dev.holdfast.filter.codec;

import java.util.ConcurrentModificationException;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One walk over the objects of a value, and the room that it needs, to be used again. For one thread at a time.
 *
 * <p>The hash is taken of a sequence of numbers from which the objects could be drawn again: for each reference whether it
 * is null, the n-th object met before, or a new one and of which shape; for each new object, once its turn comes, its
 * content. Objects wait for their turn on a stack of our own, so that a list of 100,000 linked ones needs no deep calls.
 */
final class Walker implements BiConsumer<Object, Object> {

    private static final long NULL = 0x452821E638D01377L;
    private static final long BACK = 0xBE5466CF34E90C6CL;
    private static final long TEXT = 0xC0AC29B7C97C50DDL;

    private final Shapes shapes;
    private final long seed;
    private final long secret;
    private final Identities seen = new Identities();
    private final char[] chars = new char[64];

    private @Nullable Object[] waiting = new Object[32];
    private Shape[] waitingShapes = new Shape[32];
    private int waitingCount;

    private long hash;
    private boolean known;

    /** Whether an object was met that can only be made when all that it holds is there; and any a second time. */
    private boolean metMadeLast;

    private boolean metAgain;

    /** While {@link #requireReadable} looks: for each object whether what it holds is being looked at. Else null. */
    private @Nullable IdentityHashMap<Object, Boolean> open;

    /** The class met last: neighbours in a list are mostly of one class. */
    private @Nullable Class<?> lastClass;

    private @Nullable Shape lastShape;

    /** Entries that the map now being looked at may still hand out; a table torn by another thread may have no end. */
    private int entriesLeft;

    Walker(Shapes shapes, long seed) {
        this.shapes = shapes;
        this.seed = seed;
        this.secret = Mixing.mix(seed ^ TEXT, Mixing.A) | 1;
    }

    /** {@link Fingerprints#NONE} or a hash. Keeps no reference to any object afterwards, if it returns. */
    long walk(Object value) {
        hash = seed;
        known = true;
        metMadeLast = false;
        metAgain = false;
        reference(value);
        while (waitingCount > 0) {
            Object object = waiting[--waitingCount];
            waiting[waitingCount] = null;
            if (known && object != null) {
                waitingShapes[waitingCount].look(object, this);
            }
        }
        seen.clear();
        if (waiting.length > 4096) {
            waiting = new Object[32];
            waitingShapes = new Shape[32];
        }
        lastClass = null;
        lastShape = null;
        return !known ? Fingerprints.NONE : hash == Fingerprints.NONE ? 1 : hash;
    }

    /**
     * Looks, in the order in which Java serialization writes, whether the value that was walked over last can be read again.
     *
     * @throws LeadsBackException if something in it is made last, and refers to itself by what it holds: Java serialization
     *     writes that without a word, and reads null in that place, or something else
     */
    void requireReadable(Object value) {
        if (!known || !metMadeLast || !metAgain) {
            return;
        }
        open = new IdentityHashMap<>();
        reference(value);
        open = null;
    }

    private void lookInto(Object object, Shape shape, IdentityHashMap<Object, Boolean> states) {
        Boolean isOpen = states.putIfAbsent(object, true);
        if (isOpen == null) {
            shape.look(object, this);
            states.put(object, false);
        } else if (isOpen && shape.madeLast) {
            throw new LeadsBackException(object.getClass());
        }
    }

    /** There is an object here that cannot be looked at. */
    void unknown() {
        known = false;
    }

    void number(long value) {
        hash = Mixing.mix(hash ^ value, Mixing.A);
    }

    void number(float value) {
        number(Float.floatToRawIntBits(value));
    }

    void number(double value) {
        number(Double.doubleToRawLongBits(value));
    }

    void number(boolean value) {
        number(value ? 1 : 0);
    }

    void text(@Nullable String value) {
        number(value == null ? NULL : hashOf(value));
    }

    /**
     * Apart from the running hash, so that the processor can work on several texts at once; eight characters in a step. Of
     * the parts of one step both are mixed with what nobody outside knows: a product with zero would forget the other.
     */
    private long hashOf(String text) {
        int length = text.length();
        long of = TEXT ^ seed ^ length;
        for (int start = 0; start < length; start += chars.length) {
            int end = Math.min(length, start + chars.length);
            text.getChars(start, end, chars, 0);
            int count = end - start;
            int i = 0;
            for (; i + 8 <= count; i += 8) {
                of = Mixing.mix(of ^ four(i), secret ^ four(i + 4));
            }
            if (i < count) {
                long first = 0;
                if (i + 4 <= count) {
                    first = four(i);
                    i += 4;
                }
                long rest = 0;
                for (; i < count; i++) {
                    rest = rest << 16 | chars[i];
                }
                of = Mixing.mix(of ^ first, secret ^ rest);
            }
        }
        return of;
    }

    private long four(int at) {
        return chars[at] | (long) chars[at + 1] << 16 | (long) chars[at + 2] << 32 | (long) chars[at + 3] << 48;
    }

    void reference(@Nullable Object object) {
        if (object == null) {
            number(NULL);
            return;
        }
        if (object instanceof String text) {
            number(hashOf(text));
            return;
        }
        Shape shape = shapeOf(object.getClass());
        if (shape.byValue) {
            number(shape.token);
            shape.look(object, this);
            return;
        }
        if (open != null) {
            lookInto(object, shape, open);
            return;
        }
        int metBefore = seen.put(object);
        if (metBefore >= 0) {
            metAgain = true;
            number(BACK + metBefore);
        } else {
            metMadeLast |= shape.madeLast;
            number(shape.token);
            await(object, shape);
        }
    }

    private Shape shapeOf(Class<?> type) {
        if (type == lastClass && lastShape != null) {
            return lastShape;
        }
        Shape shape = shapes.of(type);
        lastClass = type;
        lastShape = shape;
        return shape;
    }

    private void await(Object object, Shape shape) {
        if (waitingCount == waiting.length) {
            waiting = java.util.Arrays.copyOf(waiting, waitingCount * 2);
            waitingShapes = java.util.Arrays.copyOf(waitingShapes, waitingCount * 2);
        }
        waiting[waitingCount] = object;
        waitingShapes[waitingCount++] = shape;
    }

    /** Size and entries, in the order of the map. */
    void entries(Map<?, ?> map) {
        int size = map.size();
        number(size);
        entriesLeft = size;
        map.forEach(this);
        if (entriesLeft != 0) {
            throw new ConcurrentModificationException();
        }
    }

    /** Size and elements, in the order of the collection. */
    void elements(java.util.Collection<?> collection) {
        int left = collection.size();
        number(left);
        for (Object element : collection) {
            if (--left < 0) {
                break;
            }
            reference(element);
        }
        if (left != 0) {
            throw new ConcurrentModificationException();
        }
    }

    @Override
    public void accept(@Nullable Object key, @Nullable Object value) {
        if (--entriesLeft < 0) {
            throw new ConcurrentModificationException();
        }
        reference(key);
        reference(value);
    }
}
