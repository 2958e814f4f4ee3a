package dev.holdfast.peer;

import dev.holdfast.peer.Message.Change;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Messages as bytes: {@code kind, correlation, [epoch,] body}. A request names its epoch, an answer does not need to. The
 * bytes of other machines are hostile until read: whatever they hold, reading ends in a message or in a {@link WireException}
 * and allocates no more than a small multiple of what arrived.
 */
final class MessageCodec {

    /**
     * @param correlation joins an answer to its request; of the sender of the request
     * @param epoch {@link Epoch#NO_TOKEN} in an answer
     */
    record Envelope(long correlation, long epoch, Message message) {}

    private static final int LOAD = 1;
    private static final int SAVE = 2;
    private static final int TOUCHED = 3;
    private static final int REMOVE = 4;
    private static final int CLAIM_ONE = 5;
    private static final int CLAIM_DUE = 6;
    private static final int FETCH = 7;
    private static final int REPLICATE = 8;
    private static final int OFFER = 9;
    private static final int PUSH = 10;
    private static final int SETTLED = 11;
    private static final int PROBE = 12;
    private static final int LOCK = 13;
    private static final int FETCH_LOCK = 14;
    private static final int KEEP_LOCK = 15;
    private static final int FIRST_ANSWER = 64;
    private static final int LOADED = 64;
    private static final int SAVED = 65;
    private static final int REMOVED = 66;
    private static final int ALIVE = 67;
    private static final int CLAIMS = 68;
    private static final int FETCHED = 69;
    private static final int DONE = 70;
    private static final int NEED_WHOLE = 71;
    private static final int WANTED = 72;
    private static final int WRONG_EPOCH = 73;
    private static final int FAILED = 74;
    private static final int LOCK_IS = 75;
    private static final int LOCK_KNOWN = 76;

    private static final int MAX_REASON = 1_000;

    private final String application;

    /** @param application of every key in every message: a cluster serves one */
    MessageCodec(String application) {
        this.application = application;
    }

    /** @param nowMillis the sender's clock, from which times become ages */
    byte[] encode(Envelope envelope, long nowMillis) {
        Message message = envelope.message();
        WireWriter out = new WireWriter(128);
        if (message instanceof Message.Request request) {
            encodeRequest(out, envelope, request, nowMillis);
        } else {
            encodeResponse(out, envelope.correlation(), (Message.Response) message, nowMillis);
        }
        return out.toByteArray();
    }

    private static void start(WireWriter out, int kind, Envelope envelope) {
        out.oneByte(kind);
        out.unsigned(envelope.correlation());
        out.fixedLong(envelope.epoch());
    }

    private void encodeRequest(WireWriter out, Envelope envelope, Message.Request request, long nowMillis) {
        if (request instanceof Message.Load load) {
            start(out, LOAD, envelope);
            out.key(load.key());
            out.fixedLong(load.knownVersion());
            out.bool(load.access().counts());
            if (load.access().counts()) {
                out.age(load.access().age());
            }
        } else if (request instanceof Message.Save save) {
            start(out, SAVE, envelope);
            out.key(save.key());
            out.bool(save.mayHaveRun());
            out.fixedLong(save.base().version());
            if (save.base().version() == Version.NONE) {
                writeInstant(out, save.base().createdAt());
                out.duration(save.base().maxInactive());
            }
            RecordCodec.write(out, save.key(), save.delta());
        } else if (request instanceof Message.Touched touched) {
            start(out, TOUCHED, envelope);
            out.key(touched.key());
            out.age(touched.age());
        } else if (request instanceof Message.Remove remove) {
            start(out, REMOVE, envelope);
            out.key(remove.key());
            out.fixedLong(remove.how().op());
            out.fixedLong(remove.how().expectedVersion());
            writeOptionalKey(out, remove.how().successor());
        } else if (request instanceof Message.ClaimOne claim) {
            start(out, CLAIM_ONE, envelope);
            out.key(claim.key());
            out.bool(claim.suspect());
            out.age(claim.lease());
        } else if (request instanceof Message.Lock lock) {
            start(out, LOCK, envelope);
            out.key(lock.key());
            out.oneByte(lock.verb().ordinal());
            out.fixedLong(lock.owner());
            out.age(lock.lease());
        } else if (request instanceof Message.ClaimDue claim) {
            start(out, CLAIM_DUE, envelope);
            out.unsigned(claim.limit());
            out.age(claim.lease());
        } else {
            encodeBetweenMembers(out, envelope, request, nowMillis);
        }
    }

    private void encodeBetweenMembers(WireWriter out, Envelope envelope, Message.Request request, long nowMillis) {
        if (request instanceof Message.Fetch fetch) {
            start(out, FETCH, envelope);
            out.key(fetch.key());
        } else if (request instanceof Message.FetchLock fetch) {
            start(out, FETCH_LOCK, envelope);
            out.key(fetch.key());
        } else if (request instanceof Message.KeepLock keep) {
            start(out, KEEP_LOCK, envelope);
            out.key(keep.key());
            out.age(keep.keepFor());
            encodeLock(out, keep.state());
        } else if (request instanceof Message.Replicate replicate) {
            start(out, REPLICATE, envelope);
            out.key(replicate.key());
            out.unsigned(replicate.sequence());
            encodeChange(out, replicate.key(), replicate.change(), nowMillis);
        } else if (request instanceof Message.Offer offer) {
            start(out, OFFER, envelope);
            out.unsigned(offer.held().size());
            for (Message.Held held : offer.held()) {
                out.key(held.key());
                out.oneByte(held.outline().kind().code);
                out.fixedLong(held.outline().version());
                out.time(held.outline().accessedAgo());
            }
        } else if (request instanceof Message.Push push) {
            start(out, PUSH, envelope);
            out.unsigned(push.copies().size());
            for (Message.Copy copy : push.copies()) {
                out.key(copy.key());
                RecordCodec.write(out, copy.key(), copy.record(), nowMillis);
            }
        } else {
            start(out, request instanceof Message.Settled ? SETTLED : PROBE, envelope);
        }
    }

    private static void encodeChange(WireWriter out, SessionKey key, Change change, long nowMillis) {
        if (change instanceof Change.Whole whole) {
            out.oneByte(0);
            RecordCodec.write(out, key, whole.record(), nowMillis);
        } else if (change instanceof Change.Delta delta) {
            out.oneByte(1);
            out.fixedLong(delta.baseVersion());
            out.signed(delta.wallMillis());
            RecordCodec.write(out, key, delta.delta());
        } else if (change instanceof Change.Accessed accessed) {
            out.oneByte(2);
            out.fixedLong(accessed.version());
            out.age(accessed.age());
        } else {
            Change.Claimed claimed = (Change.Claimed) change;
            out.oneByte(3);
            out.fixedLong(claimed.version());
            out.fixedLong(claimed.op());
            out.age(claimed.lease());
        }
    }

    private void encodeResponse(WireWriter out, long correlation, Message.Response response, long nowMillis) {
        if (response instanceof Message.LoadedIs is) {
            startAnswer(out, LOADED, correlation);
            encodeLoaded(out, is.loaded(), nowMillis);
        } else if (response instanceof Message.SavedIs is) {
            startAnswer(out, SAVED, correlation);
            encodeSaved(out, is.saved());
        } else if (response instanceof Message.RemovedIs is) {
            startAnswer(out, REMOVED, correlation);
            encodeRemoved(out, is.removed(), nowMillis);
        } else if (response instanceof Message.AliveIs is) {
            startAnswer(out, ALIVE, correlation);
            out.bool(is.alive());
        } else if (response instanceof Message.ClaimsAre are) {
            startAnswer(out, CLAIMS, correlation);
            out.unsigned(are.claims().size());
            for (Claim claim : are.claims()) {
                out.key(claim.snapshot().key());
                out.fixedLong(claim.op());
                RecordCodec.write(out, claim.snapshot(), nowMillis);
            }
        } else if (response instanceof Message.FetchedIs is) {
            startAnswer(out, FETCHED, correlation);
            out.key(is.key());
            out.bool(is.record() != null);
            if (is.record() != null) {
                RecordCodec.write(out, is.key(), is.record(), nowMillis);
            }
        } else if (response instanceof Message.Wanted wanted) {
            startAnswer(out, WANTED, correlation);
            out.unsigned(wanted.positions().size());
            new TreeSet<>(wanted.positions()).forEach(out::unsigned);
        } else if (response instanceof Message.WrongEpoch wrong) {
            startAnswer(out, WRONG_EPOCH, correlation);
            out.bool(wrong.begun());
        } else if (response instanceof Message.Failed failed) {
            startAnswer(out, FAILED, correlation);
            out.oneByte(code(failed.kind()));
            out.text(failed.reason());
        } else if (response instanceof Message.LockIs is) {
            startAnswer(out, LOCK_IS, correlation);
            out.bool(is.held());
        } else if (response instanceof Message.LockKnown known) {
            startAnswer(out, LOCK_KNOWN, correlation);
            out.age(known.keepFor());
            Message.LockState state = known.state();
            out.bool(state != null);
            if (state != null) {
                encodeLock(out, state);
            }
        } else {
            startAnswer(out, response instanceof Message.Done ? DONE : NEED_WHOLE, correlation);
        }
    }

    private static void startAnswer(WireWriter out, int kind, long correlation) {
        out.oneByte(kind);
        out.unsigned(correlation);
    }

    private static void encodeLock(WireWriter out, Message.LockState state) {
        out.fixedLong(state.number());
        out.fixedLong(state.owner());
        out.age(state.left());
        out.bool(state.released());
    }

    private static Message.LockState decodeLock(WireReader in) throws WireException {
        long number = in.fixedLong();
        if (number < 1 || number == Long.MAX_VALUE) {
            throw new WireException("the number of a lock");
        }
        return new Message.LockState(number, in.fixedLong(), lease(in), in.bool());
    }

    private static Message.KeepLock decodeKeepLock(SessionKey key, WireReader in) throws WireException {
        Duration keepFor = lease(in);
        return new Message.KeepLock(key, decodeLock(in), keepFor);
    }

    private static Message.LockKnown decodeLockKnown(WireReader in) throws WireException {
        Duration keepFor = lease(in);
        return new Message.LockKnown(in.bool() ? decodeLock(in) : null, keepFor);
    }

    /** None is longer: what is added to a clock must not overflow it. */
    private static Duration lease(WireReader in) throws WireException {
        Duration lease = in.age();
        if (lease.compareTo(SessionLocks.LONGEST) > 0) {
            throw new WireException("a lease of " + lease);
        }
        return lease;
    }

    private static Message.LockVerb verb(WireReader in) throws WireException {
        int verb = in.oneByte();
        Message.LockVerb[] verbs = Message.LockVerb.values();
        if (verb >= verbs.length) {
            throw new WireException("what to do with a lock: " + verb);
        }
        return verbs[verb];
    }

    private void encodeLoaded(WireWriter out, Loaded loaded, long nowMillis) {
        if (loaded instanceof Loaded.Found found) {
            out.oneByte(0);
            out.age(found.idle());
            out.bool(found.accessNoted());
            out.key(found.snapshot().key());
            RecordCodec.write(out, found.snapshot(), nowMillis);
        } else if (loaded instanceof Loaded.Unchanged unchanged) {
            out.oneByte(1);
            out.age(unchanged.idle());
            out.bool(unchanged.accessNoted());
        } else {
            out.oneByte(loaded instanceof Loaded.Removed ? 2 : 3);
        }
    }

    private void encodeSaved(WireWriter out, Saved saved) {
        if (saved instanceof Saved.Done done) {
            out.oneByte(0);
            out.fixedLong(done.version());
            out.bool(done.merged());
        } else if (saved instanceof Saved.Removed removed) {
            out.oneByte(1);
            writeOptionalKey(out, removed.successor());
        } else {
            out.oneByte(saved instanceof Saved.Lost ? 2 : 3);
        }
    }

    private void encodeRemoved(WireWriter out, Removed removed, long nowMillis) {
        if (removed instanceof Removed.Done done) {
            out.oneByte(0);
            encodeOptionalSnapshot(out, done.snapshot(), nowMillis);
        } else if (removed instanceof Removed.Already already) {
            out.oneByte(1);
            writeOptionalKey(out, already.successor());
        } else if (removed instanceof Removed.Changed changed) {
            out.oneByte(2);
            encodeOptionalSnapshot(out, changed.snapshot(), nowMillis);
        } else {
            out.oneByte(3);
        }
    }

    private void encodeOptionalSnapshot(WireWriter out, @Nullable SessionSnapshot snapshot, long nowMillis) {
        out.bool(snapshot != null);
        if (snapshot != null) {
            out.key(snapshot.key());
            RecordCodec.write(out, snapshot, nowMillis);
        }
    }

    /** @param nowMillis the receiver's clock, on which ages become times */
    Envelope decode(WireReader in, long nowMillis) throws WireException {
        int kind = in.oneByte();
        long correlation = in.unsigned();
        Envelope envelope = kind >= FIRST_ANSWER
                ? new Envelope(correlation, Epoch.NO_TOKEN, decodeResponse(in, kind, nowMillis))
                : new Envelope(correlation, in.fixedLong(), decodeRequest(in, kind, nowMillis));
        in.requireEnd();
        return envelope;
    }

    private Message decodeRequest(WireReader in, int kind, long nowMillis) throws WireException {
        return switch (kind) {
            case LOAD -> {
                SessionKey key = key(in);
                long version = version(in);
                yield new Message.Load(key, version, in.bool() ? Access.ago(in.age()) : Access.NONE);
            }
            case SAVE -> decodeSave(in);
            case TOUCHED -> new Message.Touched(key(in), in.age());
            case REMOVE -> {
                SessionKey key = key(in);
                long op = in.fixedLong();
                long expected = version(in);
                yield new Message.Remove(key, new Removal(op, expected, optionalKey(in)));
            }
            case CLAIM_ONE -> new Message.ClaimOne(key(in), in.bool(), in.age());
            case CLAIM_DUE -> {
                long limit = in.unsigned();
                if (limit < 1 || limit > Integer.MAX_VALUE) {
                    throw new WireException("limit out of range");
                }
                yield new Message.ClaimDue((int) limit, in.age());
            }
            case LOCK -> new Message.Lock(key(in), verb(in), in.fixedLong(), lease(in));
            case FETCH -> new Message.Fetch(key(in));
            case FETCH_LOCK -> new Message.FetchLock(key(in));
            case KEEP_LOCK -> decodeKeepLock(key(in), in);
            case REPLICATE -> {
                SessionKey key = key(in);
                yield new Message.Replicate(key, in.unsigned(), decodeChange(in, key, nowMillis));
            }
            case OFFER -> decodeOffer(in);
            case PUSH -> {
                int count = in.count(3);
                List<Message.Copy> copies = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    SessionKey key = key(in);
                    copies.add(new Message.Copy(key, RecordCodec.record(in, key, nowMillis)));
                }
                yield new Message.Push(copies);
            }
            case SETTLED -> new Message.Settled();
            case PROBE -> new Message.Probe();
            default -> throw new WireException("unknown kind of message " + kind);
        };
    }

    private Message decodeSave(WireReader in) throws WireException {
        SessionKey key = key(in);
        boolean mayHaveRun = in.bool();
        long version = version(in);
        Instant createdAt = Instant.EPOCH;
        Duration maxInactive = Duration.ZERO;
        if (version == Version.NONE) {
            createdAt = instant(in);
            maxInactive = in.duration();
        }
        SessionDelta delta = RecordCodec.delta(in, key);
        SessionSnapshot base = new SessionSnapshot(
                key, version, createdAt, createdAt, maxInactive, Map.<String, StoredAttribute>of(), Map.of(), null);
        return new Message.Save(base, delta, mayHaveRun);
    }

    private Message decodeOffer(WireReader in) throws WireException {
        int count = in.count(12);
        List<Message.Held> held = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SessionKey key = key(in);
            int code = in.oneByte();
            RecordOrder.Kind kind = Arrays.stream(RecordOrder.Kind.values())
                    .filter(known -> known.code == code)
                    .findAny()
                    .orElseThrow(() -> new WireException("unknown kind of record " + code));
            held.add(new Message.Held(key, new RecordOrder.Outline(kind, version(in), in.time())));
        }
        return new Message.Offer(held);
    }

    private Change decodeChange(WireReader in, SessionKey key, long nowMillis) throws WireException {
        int kind = in.oneByte();
        return switch (kind) {
            case 0 -> new Change.Whole(RecordCodec.record(in, key, nowMillis));
            case 1 -> {
                long base = version(in);
                long wallMillis = in.signed();
                yield new Change.Delta(base, RecordCodec.delta(in, key), wallMillis);
            }
            case 2 -> new Change.Accessed(version(in), in.age());
            case 3 -> {
                long version = version(in);
                long op = in.fixedLong();
                yield new Change.Claimed(version, op, in.age());
            }
            default -> throw new WireException("unknown kind of change " + kind);
        };
    }

    private Message.Response decodeResponse(WireReader in, int kind, long nowMillis) throws WireException {
        return switch (kind) {
            case LOADED -> new Message.LoadedIs(decodeLoaded(in, nowMillis));
            case SAVED -> new Message.SavedIs(decodeSaved(in));
            case REMOVED -> new Message.RemovedIs(decodeRemoved(in, nowMillis));
            case ALIVE -> new Message.AliveIs(in.bool());
            case CLAIMS -> {
                int count = in.count(12);
                List<Claim> claims = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    SessionKey key = key(in);
                    long op = in.fixedLong();
                    claims.add(new Claim(RecordCodec.snapshot(in, key, nowMillis), op));
                }
                yield new Message.ClaimsAre(claims);
            }
            case FETCHED -> {
                SessionKey key = key(in);
                yield new Message.FetchedIs(key, in.bool() ? RecordCodec.record(in, key, nowMillis) : null);
            }
            case LOCK_IS -> new Message.LockIs(in.bool());
            case LOCK_KNOWN -> decodeLockKnown(in);
            case DONE -> new Message.Done();
            case NEED_WHOLE -> new Message.NeedWhole();
            case WANTED -> {
                int count = in.count(1);
                Set<Integer> positions = new HashSet<>();
                for (int i = 0; i < count; i++) {
                    positions.add((int) Math.min(Integer.MAX_VALUE, in.unsigned() & Long.MAX_VALUE));
                }
                yield new Message.Wanted(positions);
            }
            case WRONG_EPOCH -> new Message.WrongEpoch(in.bool());
            case FAILED -> {
                StoreException.Kind failure = failure(in.oneByte());
                String reason = in.text();
                yield new Message.Failed(
                        failure, reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason);
            }
            default -> throw new WireException("unknown kind of answer " + kind);
        };
    }

    private Loaded decodeLoaded(WireReader in, long nowMillis) throws WireException {
        int kind = in.oneByte();
        return switch (kind) {
            case 0 -> {
                Duration idle = in.age();
                boolean noted = in.bool();
                SessionKey key = key(in);
                yield new Loaded.Found(RecordCodec.snapshot(in, key, nowMillis), idle, noted);
            }
            case 1 -> new Loaded.Unchanged(in.age(), in.bool(), null);
            case 2 -> new Loaded.Removed();
            case 3 -> new Loaded.Absent();
            default -> throw new WireException("unknown outcome of a load " + kind);
        };
    }

    private Saved decodeSaved(WireReader in) throws WireException {
        int kind = in.oneByte();
        return switch (kind) {
            case 0 -> new Saved.Done(version(in), in.bool(), null);
            case 1 -> new Saved.Removed(optionalKey(in));
            case 2 -> new Saved.Lost();
            case 3 -> new Saved.Exists();
            default -> throw new WireException("unknown outcome of a save " + kind);
        };
    }

    private Removed decodeRemoved(WireReader in, long nowMillis) throws WireException {
        int kind = in.oneByte();
        return switch (kind) {
            case 0 -> new Removed.Done(in.bool() ? RecordCodec.snapshot(in, key(in), nowMillis) : null);
            case 1 -> new Removed.Already(optionalKey(in));
            case 2 -> {
                if (!in.bool()) {
                    throw new WireException("a changed session without content");
                }
                yield new Removed.Changed(RecordCodec.snapshot(in, key(in), nowMillis));
            }
            case 3 -> new Removed.Absent();
            default -> throw new WireException("unknown outcome of a removal " + kind);
        };
    }

    private static int code(StoreException.Kind kind) {
        return switch (kind) {
            case UNAVAILABLE -> 1;
            case TIMEOUT -> 2;
            case CORRUPT -> 3;
            case TOO_LARGE -> 4;
        };
    }

    private static StoreException.Kind failure(int code) throws WireException {
        return switch (code) {
            case 1 -> StoreException.Kind.UNAVAILABLE;
            case 2 -> StoreException.Kind.TIMEOUT;
            case 3 -> StoreException.Kind.CORRUPT;
            case 4 -> StoreException.Kind.TOO_LARGE;
            default -> throw new WireException("unknown kind of failure " + code);
        };
    }

    private SessionKey key(WireReader in) throws WireException {
        return in.key(application);
    }

    private static void writeOptionalKey(WireWriter out, @Nullable SessionKey key) {
        out.bool(key != null);
        if (key != null) {
            out.key(key);
        }
    }

    private @Nullable SessionKey optionalKey(WireReader in) throws WireException {
        return in.bool() ? key(in) : null;
    }

    private static long version(WireReader in) throws WireException {
        long version = in.fixedLong();
        if (!Version.isValid(version)) {
            throw new WireException("not a version");
        }
        return version;
    }

    private static void writeInstant(WireWriter out, Instant instant) {
        out.signed(instant.getEpochSecond());
        out.unsigned(instant.getNano());
    }

    private static Instant instant(WireReader in) throws WireException {
        long seconds = in.signed();
        long nanos = in.unsigned();
        if (nanos < 0 || nanos > 999_999_999) {
            throw new WireException("not a time");
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new WireException("not a time");
        }
    }
}
