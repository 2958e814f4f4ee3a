package dev.holdfast.serializers;

import dev.holdfast.spi.SerializerLimits;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must be watched while one value is written, so that only what can be read, and comes back right, is written. For one
 * thread.
 */
final class Writing {

    private final Kinds kinds;
    private final SerializerLimits limits;
    final WrittenClasses classes = new WrittenClasses();
    private final List<Object> unmade = new ArrayList<>();
    private long objects;
    private int depth;
    private int asked;

    Writing(Kinds kinds) {
        this.kinds = kinds;
        this.limits = kinds.limits();
    }

    /**
     * One more object.
     *
     * @throws UnsuitedException if its class is of no kind, or there are too many
     */
    Kind kindOf(Class<?> type) {
        if (++objects > limits.maxReferences()) {
            throw new UnsuitedException(type, "too many objects in one value");
        }
        return kinds.require(type);
    }

    /**
     * An object that was written before is referred to again.
     *
     * @throws UnsuitedException if it could not be found again: it will be made only when all that it holds is there; or is
     *     asked for its hash by what is being made, perhaps before it is whole itself. (That nothing is referred to again among
     *     keys also bounds what computing their hashes can cost: without that, a few bytes take years.)
     */
    void again(Object object) {
        if (object instanceof String) {
            return;
        }
        if (asked > 0) {
            throw new UnsuitedException(object.getClass(), "one object twice among keys or elements of sets");
        }
        for (Object each : unmade) {
            if (each == object) {
                throw new UnsuitedException(object.getClass(), "in a cycle");
            }
        }
    }

    void enter(Object object, boolean isMadeLast) {
        if (++depth > limits.maxDepth()) {
            throw new UnsuitedException(object.getClass(), "nested too deep");
        }
        if (isMadeLast) {
            unmade.add(object);
        }
    }

    void leave(boolean isMadeLast) {
        depth--;
        if (isMadeLast) {
            unmade.remove(unmade.size() - 1);
        }
    }

    interface Slot {
        void write(@Nullable Object value) throws Exception;
    }

    interface Step {
        void take() throws Exception;
    }

    /** Takes a step with an object that is asked for its hash, or compared. */
    void askedOf(Step step) throws Exception {
        asked++;
        step.take();
        asked--;
    }

    /** Writes what is in a container, after its size. */
    void content(Kind.Container kind, Object container, int size, Slot slot) throws Exception {
        int count = 0;
        for (Iterator<?> content = kind.contentOf(container); content.hasNext(); count++) {
            Object first = content.next();
            if (kind.asksElements()) {
                askedOf(() -> slot.write(first));
            } else {
                slot.write(first);
            }
            if (kind.isMap()) {
                slot.write(content.next());
            }
        }
        if (count != size) {
            throw new ConcurrentModificationException(); // concurrent collections tell by nothing else
        }
    }

    /** @throws UnsuitedException if it is too long to be read */
    int lengthOf(Object[] array) {
        if (array.length > limits.maxArrayLength()) {
            throw new UnsuitedException(array.getClass(), "too long");
        }
        return array.length;
    }

    /** @throws UnsuitedException if it is too large to be read */
    int sizeOf(Kind.Container kind, Object container) {
        int size = kind.sizeOf(container);
        if (size > limits.maxArrayLength()) {
            throw new UnsuitedException(container.getClass(), "too large");
        }
        return size;
    }

    /** Ready for the next value; not after a failure. */
    void clear() {
        classes.clear();
        objects = 0;
    }
}
