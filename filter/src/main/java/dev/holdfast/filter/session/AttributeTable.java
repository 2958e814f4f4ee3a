package dev.holdfast.filter.session;

import dev.holdfast.filter.codec.AttributeCodec;
import dev.holdfast.filter.codec.AttributeCodec.Baseline;
import dev.holdfast.filter.codec.AttributeCodec.Encoded;
import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.filter.codec.UndecodableException;
import dev.holdfast.spi.Mark;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import jakarta.servlet.http.HttpSessionActivationListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one live session, and what of them the store does not have yet. Thread-safe.
 *
 * <p>Every field is guarded by {@code this}. The monitor is never held while application code may run: decoding, encoding,
 * comparing and listeners happen outside, and what was found is put in place only if it still applies.
 */
final class AttributeTable {

    /** An object that a running request may hold although the table has a newer one: if it changes, it comes back. */
    private record Displaced(
            String name, Object value, @Nullable Baseline baseline) {}

    /** What a save is to carry; handed back to {@link #saved} when it is in the store. */
    static final class Changes {
        final Map<String, byte[]> changed = new HashMap<>();
        final Set<String> removed = new HashSet<>();
        private final List<Sent> sent = new ArrayList<>();
        private final Map<String, Long> removals = new HashMap<>();

        boolean isEmpty() {
            return changed.isEmpty() && removed.isEmpty();
        }

        boolean has(String name) {
            return changed.containsKey(name) || removed.contains(name);
        }

        /** How much memory they take while they wait, about. */
        long size() {
            long size = UnsentChanges.SESSION_BYTES;
            for (Map.Entry<String, byte[]> each : changed.entrySet()) {
                size += UnsentChanges.size(each.getKey(), each.getValue());
            }
            for (String name : removed) {
                size += UnsentChanges.size(name, null);
            }
            return size;
        }
    }

    /** Of the slots that a load would replace, those whose value was changed in place. */
    record Suspects(Set<Slot> changed) {}

    private record Sent(Slot slot, long changes, @Nullable Baseline baseline) {}

    /**
     * A name removed here that the store still has, as far as is known.
     *
     * @param changes the count of the removal
     * @param stored what the store has
     */
    private record PendingRemoval(long changes, @Nullable StoredAttribute stored) {}

    private record Candidate(
            Slot slot,
            Object value,
            boolean mutable,
            long changes,
            boolean dirty,
            @Nullable Baseline baseline) {}

    private final AttributeCodec codec;
    private final AttributeRules rules;

    private final Map<String, Slot> slots = new HashMap<>();

    /** By name. What a request has removed that has not been answered yet. */
    private final Map<String, PendingRemoval> pendingRemovals = new HashMap<>();

    /** What requests have changed that have been answered, though the store does not have it. */
    private final UnsentChanges unsent = new UnsentChanges();

    /** Slots whose mutable value a running request may hold. */
    private final List<Slot> handedOut = new ArrayList<>();

    /** Bounded: while one request stays for hours, others may load again and again. */
    private final List<Displaced> displaced = new ArrayList<>();

    /** Who changes an object in place that was replaced so many replacements ago is not the last to write it. */
    private static final int MOST_DISPLACED = 32;

    private long changeCount;

    /** Told, under the monitor, that there may be something to save now: a field write and no more. */
    private final Runnable attention;

    AttributeTable(AttributeCodec codec, AttributeRules rules, Runnable attention) {
        this.codec = codec;
        this.rules = rules;
        this.attention = attention;
    }

    // ---------------------------------------------------------------- what the application does

    /**
     * The value, decoded if need be; null if there is none or it cannot be decoded here.
     *
     * @param onDecoded told of the value if this call is the one that decoded it
     */
    @Nullable
    Object get(String name, Consumer<Object> onDecoded) {
        while (true) {
            Slot slot;
            StoredAttribute stored;
            synchronized (this) {
                slot = slots.get(name);
                if (slot == null || slot.unreadable) {
                    return null;
                }
                if (slot.value != null) {
                    handOut(slot);
                    return slot.value;
                }
                stored = slot.stored;
            }
            if (stored == null) {
                throw new IllegalStateException("an attribute without value and bytes");
            }
            Object value = null;
            boolean mutable = false;
            Baseline baseline = null;
            try {
                value = codec.decode(stored.bytes());
                mutable = !codec.isImmutable(value);
                baseline = mutable && rules.compares() ? codec.baseline(value) : null;
            } catch (UndecodableException e) {
                rules.undecodable(name, e);
                if (e.getCause() instanceof VirtualMachineError) {
                    return null; // memory may have run out by others' doing: the next one to ask tries again
                }
            }
            synchronized (this) {
                if (slots.get(name) != slot || slot.stored != stored || slot.value != null || slot.unreadable) {
                    continue; // somebody was faster, with this value or another
                }
                if (value == null) {
                    slot.unreadable = true;
                    return null;
                }
                slot.value = value;
                slot.mutable = mutable;
                slot.baseline = baseline;
                handOut(slot);
            }
            onDecoded.accept(value);
            return value;
        }
    }

    /** The names that {@link #get} would answer; decodes what has not been, so that both agree. */
    Set<String> names(Consumer<Object> onDecoded) {
        List<String> all;
        synchronized (this) {
            all = new ArrayList<>(slots.keySet());
        }
        Set<String> readable = new LinkedHashSet<>();
        for (String name : all) {
            if (isReadable(name, onDecoded)) {
                readable.add(name);
            }
        }
        return readable;
    }

    private boolean isReadable(String name, Consumer<Object> onDecoded) {
        synchronized (this) {
            Slot slot = slots.get(name);
            if (slot == null || slot.unreadable) {
                return false;
            }
            if (slot.value != null) {
                return true;
            }
        }
        return get(name, onDecoded) != null;
    }

    /** Puts a value. The caller has checked that it may be here at all. */
    synchronized void put(String name, Object value, boolean canTravel) {
        Slot slot = slots.computeIfAbsent(name, Slot::new);
        PendingRemoval removal = pendingRemovals.remove(name);
        if (removal != null) {
            slot.stored = removal.stored();
        }
        slot.value = value;
        slot.mutable = !codec.isImmutable(value);
        slot.baseline = null;
        slot.local = !canTravel;
        slot.unreadable = false;
        slot.changes = ++changeCount;
        slot.dirty = true;
        handOut(slot);
        attention.run();
    }

    /** Takes a name out; the store is told by the next save. */
    synchronized void remove(String name) {
        Slot slot = slots.remove(name);
        if (slot != null) {
            handedOut.remove(slot);
            if (mayBeStored(slot)) {
                pendingRemovals.put(name, new PendingRemoval(++changeCount, slot.stored));
                attention.run();
            }
        }
        displaced.removeIf(object -> object.name().equals(name));
    }

    private void handOut(Slot slot) {
        if (slot.mutable && !slot.handedOut) {
            slot.handedOut = true;
            handedOut.add(slot);
            if (rules.compares()) {
                attention.run();
            }
        }
    }

    /** No request uses the session any more: nobody holds its objects. */
    synchronized void allReturned() {
        handedOut.forEach(slot -> slot.handedOut = false);
        handedOut.clear();
        displaced.clear();
    }

    /** Whether a save might find something to do. */
    synchronized boolean mayHaveChanges() {
        if (!pendingRemovals.isEmpty() || !displaced.isEmpty()) {
            return true;
        }
        if (rules.compares() && !handedOut.isEmpty()) {
            return true;
        }
        for (Slot slot : slots.values()) {
            if (slot.dirty) {
                return true;
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- saving; one at a time, under the save gate

    /**
     * Finds and encodes what the store does not have, unsent changes included. Nothing is marked clean by it.
     *
     * @param beforeEncoding told of each value that is encoded for the save
     * @throws EncodingException naming the attribute; also if the session would become too large
     */
    Changes collect(Consumer<Object> beforeEncoding) {
        takeBackChangedDisplaced();
        Changes changes = new Changes();
        for (Candidate candidate : candidates(changes)) {
            encode(candidate, changes, beforeEncoding);
        }
        addUnsent(changes);
        if (!changes.changed.isEmpty()) {
            requireRoom(changes);
        }
        return changes;
    }

    /** What of the changes that were acknowledged the store does not have. Runs no code of the application's. */
    Changes unsent() {
        Changes changes = new Changes();
        addUnsent(changes);
        return changes;
    }

    private synchronized void addUnsent(Changes changes) {
        unsent.forEach((name, bytes) -> {
            if (changes.has(name)) {
                return; // changed once more since
            }
            if (bytes == null) {
                changes.removed.add(name);
            } else {
                changes.changed.put(name, bytes);
            }
        });
    }

    private void requireRoom(Changes changes) {
        long before = 0;
        long after = 0;
        synchronized (this) {
            for (Slot slot : slots.values()) {
                if (slot.stored != null) {
                    int size = slot.stored.bytes().length;
                    before += size;
                    after += changes.has(slot.name) ? 0 : size;
                }
            }
        }
        for (byte[] bytes : changes.changed.values()) {
            after += bytes.length;
        }
        if (!rules.hasRoom(before, after)) {
            throw rules.tooLarge(sizesAfter(changes), after);
        }
    }

    private synchronized Map<String, Integer> sizesAfter(Changes changes) {
        Map<String, Integer> sizes = new HashMap<>();
        for (Slot slot : slots.values()) {
            if (slot.stored != null && !changes.has(slot.name)) {
                sizes.put(slot.name, slot.stored.bytes().length);
            }
        }
        changes.changed.forEach((name, bytes) -> sizes.put(name, bytes.length));
        return sizes;
    }

    private synchronized List<Candidate> candidates(Changes changes) {
        pendingRemovals.forEach((name, removal) -> {
            changes.removed.add(name);
            changes.removals.put(name, removal.changes());
        });
        List<Candidate> candidates = new ArrayList<>();
        for (Slot slot : slots.values()) {
            Object value = slot.value;
            if (value == null) {
                continue;
            }
            if (slot.local) {
                // the store's value of this name, if there is one, is older than the local one
                if (mayBeStored(slot)) {
                    changes.removed.add(slot.name);
                    changes.removals.put(slot.name, slot.changes);
                } else {
                    slot.dirty = false;
                }
            } else if (slot.dirty || rules.compares() && slot.isSuspect()) {
                candidates.add(new Candidate(slot, value, slot.mutable, slot.changes, slot.dirty, slot.baseline));
            }
        }
        return candidates;
    }

    private void encode(Candidate candidate, Changes changes, Consumer<Object> beforeEncoding) {
        Slot slot = candidate.slot();
        Encoded encoded;
        try {
            encoded = encodeIfChanged(candidate, beforeEncoding);
        } catch (EncodingException e) {
            if (!rules.keepsLocal(slot.name, candidate.value(), e)) {
                throw e;
            }
            keepLocal(candidate, changes);
            return;
        }
        if (encoded == null) {
            return;
        }
        boolean same;
        synchronized (this) {
            same = isKnown(slot, new StoredAttribute(encoded.bytes(), Mark.NONE));
            if (same && slots.get(slot.name) == slot && slot.changes == candidate.changes()) {
                slot.dirty = false;
                slot.baseline = encoded.baseline();
            }
        }
        if (!same) {
            changes.changed.put(slot.name, encoded.bytes());
            changes.sent.add(new Sent(slot, candidate.changes(), encoded.baseline()));
        }
    }

    /** Whether nothing need be sent for this to be in the store: it is there, or among the unsent changes already. */
    private boolean isKnown(Slot slot, StoredAttribute encoded) {
        if (unsent.has(slot.name)) {
            StoredAttribute last = unsent.value(slot.name);
            return last != null && last.sameBytes(encoded);
        }
        return slot.stored != null && slot.stored.sameBytes(encoded) && !unsent.isAttempted(slot.name);
    }

    /** One encoding at the most for a value that can only be compared by encoding it; null if it has not changed. */
    private @Nullable Encoded encodeIfChanged(Candidate candidate, Consumer<Object> beforeEncoding) {
        String name = candidate.slot().name;
        Object value = candidate.value();
        if (!candidate.mutable() || !rules.compares()) {
            beforeEncoding.accept(value);
            return new Encoded(codec.encode(name, value), null);
        }
        Baseline baseline = candidate.dirty() ? null : candidate.baseline();
        if (baseline != null && !(value instanceof HttpSessionActivationListener)) {
            return codec.encodeIfDifferent(name, value, baseline);
        }
        // one that wants to hear of passivation hears of it before a save, not before a comparison
        if (baseline != null && !baseline.differs(value)) {
            return null;
        }
        beforeEncoding.accept(value);
        return codec.encodeAndLook(name, value);
    }

    private synchronized void keepLocal(Candidate candidate, Changes changes) {
        Slot slot = candidate.slot();
        if (slot.value == candidate.value()) {
            slot.local = true;
            slot.dirty = false;
            if (mayBeStored(slot)) {
                changes.removed.add(slot.name);
                changes.removals.put(slot.name, slot.changes);
            }
        }
    }

    /** Whether the store may have anything under this name, now or when the unsent changes are sent. */
    private boolean mayBeStored(Slot slot) {
        return slot.stored != null || unsent.has(slot.name) || unsent.isAttempted(slot.name);
    }

    /** The changes are in the store. What the application did since they were collected stays dirty. */
    synchronized void saved(Changes changes) {
        changes.changed.forEach((name, bytes) -> {
            StoredAttribute stored = new StoredAttribute(bytes, Mark.NONE);
            Slot current = slots.get(name);
            if (current != null) {
                current.stored = stored;
            } else {
                // removed here while it was on its way: the removal has to follow it
                PendingRemoval removal = pendingRemovals.get(name);
                long count = removal == null ? ++changeCount : removal.changes();
                pendingRemovals.put(name, new PendingRemoval(count, stored));
            }
        });
        markClean(changes);
        for (String name : changes.removed) {
            Slot slot = slots.get(name);
            if (slot != null) {
                slot.stored = null;
            }
        }
        unsent.stored(changes.changed.keySet());
        unsent.stored(changes.removed);
    }

    /**
     * The changes are not in the store, but whoever made them is told that they were made: they are sent some time. What the
     * application did since they were collected stays dirty.
     */
    synchronized void keep(Changes changes) {
        changes.changed.forEach((name, bytes) -> unsent.put(name, bytes, storedAs(name)));
        changes.removed.forEach(name -> unsent.put(name, null, storedAs(name)));
        markClean(changes);
    }

    private void markClean(Changes changes) {
        for (Sent done : changes.sent) {
            Slot slot = done.slot();
            if (slots.get(slot.name) == slot && slot.changes == done.changes()) {
                slot.dirty = false;
                slot.baseline = done.baseline();
            }
        }
        changes.removals.forEach((name, count) -> {
            PendingRemoval removal = pendingRemovals.get(name);
            if (removal != null && removal.changes() == count) {
                pendingRemovals.remove(name);
            }
            Slot slot = slots.get(name);
            if (slot != null && slot.local && slot.changes == count) {
                slot.dirty = false;
            }
        });
    }

    private @Nullable StoredAttribute storedAs(String name) {
        Slot slot = slots.get(name);
        if (slot != null) {
            return slot.stored;
        }
        PendingRemoval removal = pendingRemovals.get(name);
        return removal == null ? null : removal.stored();
    }

    /** A save of these was sent, and nobody knows whether it took effect. */
    synchronized void attempted(Changes changes) {
        unsent.attempted(changes.changed, changes.removed);
    }

    /** Whether the store may hold something of this session that a save without an answer has carried. */
    synchronized boolean isAnyAttempted() {
        return unsent.isAnyAttempted();
    }

    /** The session has ended, or they cannot be stored. */
    synchronized void dropUnsent() {
        unsent.clear();
    }

    /**
     * The store was away and holds this now: unsent changes of names that others have changed since are given up. A {@link
     * #takeOver} of the same snapshot follows.
     *
     * @return how many were given up
     */
    synchronized int yieldTo(SessionSnapshot now) {
        now.attributes().forEach((name, stored) -> {
            Slot slot = slots.get(name);
            StoredAttribute mine = unsent.value(name);
            if (slot != null && mine != null && mine.sameBytes(stored)) {
                slot.stored = stored; // it has arrived: the object stays
            }
        });
        return unsent.yieldTo(now).size();
    }

    /** Forgets what the store has, so that the next save carries everything: for a session that the store lost. */
    synchronized Map<String, byte[]> everythingStored() {
        Map<String, byte[]> all = new HashMap<>();
        slots.forEach((name, slot) -> {
            if (slot.stored != null) {
                all.put(name, slot.stored.bytes());
            }
        });
        return all;
    }

    // ---------------------------------------------------------------- loading

    /**
     * Takes over what the store has. What was changed here and is not saved yet wins; an object that is replaced while a
     * request may hold it is remembered, and comes back if that request changes it. Attributes whose bytes are the same keep
     * their objects: nothing is decoded again.
     *
     * @param suspects what {@link #compare} found; what changes after it is found among the replaced objects
     */
    synchronized void takeOver(SessionSnapshot snapshot, Suspects suspects) {
        for (Slot slot : suspects.changed()) {
            if (slots.get(slot.name) == slot && slot.isSuspect()) {
                slot.dirty = true;
                slot.changes = ++changeCount;
            }
        }
        slots.values().removeIf(slot -> isGone(slot, snapshot));
        snapshot.attributes().forEach((name, stored) -> {
            Slot slot = slots.get(name);
            if (slot == null) {
                PendingRemoval removal = pendingRemovals.get(name);
                if (removal != null) {
                    pendingRemovals.put(name, new PendingRemoval(removal.changes(), stored));
                } else if (!unsent.isRemoved(name)) {
                    slots.put(name, Slot.raw(name, stored));
                }
            } else if (isAhead(slot) || slot.stored != null && slot.stored.sameBytes(stored)) {
                slot.stored = stored;
            } else {
                displace(slot);
                slot.becomeRaw(stored);
            }
        });
        // what is about to be sent has to be removed after that
        pendingRemovals.keySet().removeIf(name -> !snapshot.attributes().containsKey(name) && !unsent.has(name));
    }

    private boolean isGone(Slot slot, SessionSnapshot snapshot) {
        if (snapshot.attributes().containsKey(slot.name)) {
            return false;
        }
        if (isAhead(slot) || slot.local) {
            slot.stored = null;
            return false;
        }
        displace(slot);
        return true;
    }

    /** Whether its value is newer than what the store has. */
    private boolean isAhead(Slot slot) {
        return slot.dirty || unsent.has(slot.name);
    }

    private void displace(Slot slot) {
        // without comparison nobody could tell whether it was changed, and one that was only read must not come back
        if (rules.compares() && slot.handedOut && slot.value != null) {
            displaced.add(new Displaced(slot.name, slot.value, slot.baseline));
            if (displaced.size() > MOST_DISPLACED) {
                displaced.remove(0);
            }
        }
        handedOut.remove(slot);
        slot.handedOut = false;
    }

    /**
     * Looks at the objects that a takeover of {@code snapshot} would replace. Application code runs in a comparison by
     * encoding, and may wait for locks of the application's: the caller holds none of ours.
     */
    Suspects compare(SessionSnapshot snapshot) {
        if (!rules.compares()) {
            return new Suspects(Set.of());
        }
        List<Candidate> suspects = new ArrayList<>();
        synchronized (this) {
            for (Slot slot : handedOut) {
                StoredAttribute loaded = snapshot.attributes().get(slot.name);
                boolean sameBytes = loaded != null && slot.stored != null && slot.stored.sameBytes(loaded);
                if (!sameBytes && slot.isSuspect() && slot.value != null) {
                    suspects.add(new Candidate(slot, slot.value, true, slot.changes, false, slot.baseline));
                }
            }
        }
        Set<Slot> changed = new HashSet<>();
        for (Candidate suspect : suspects) {
            if (suspect.baseline() == null || suspect.baseline().differs(suspect.value())) {
                changed.add(suspect.slot());
            }
        }
        return new Suspects(changed);
    }

    /**
     * A request that was handed an object before a load replaced it may have changed it since: then it was the last to write
     * this attribute, and its object goes back into the table.
     */
    private void takeBackChangedDisplaced() {
        List<Displaced> held;
        synchronized (this) {
            if (displaced.isEmpty()) {
                return;
            }
            held = new ArrayList<>(displaced);
        }
        for (Displaced object : held) {
            if (object.baseline() != null && !object.baseline().differs(object.value())) {
                continue;
            }
            synchronized (this) {
                if (!displaced.removeIf(each -> each == object)) { // by identity: no equals of the application's here
                    continue;
                }
                Slot slot = slots.get(object.name());
                if (slot == null || !slot.dirty) {
                    put(object.name(), object.value(), true);
                }
            }
        }
    }
}
