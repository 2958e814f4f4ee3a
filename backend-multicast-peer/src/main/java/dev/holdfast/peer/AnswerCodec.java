package dev.holdfast.peer;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredAttribute;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The answers of {@link MessageCodec}. */
final class AnswerCodec {

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
    private static final int LOADED_IS_HELD = 77;

    private static final int MAX_REASON = 1_000;

    private final String application;

    AnswerCodec(String application) {
        this.application = application;
    }

    private static void startAnswer(WireWriter out, int kind, long correlation) {
        out.oneByte(kind);
        out.unsigned(correlation);
    }

    static void encode(WireWriter out, long correlation, Message.Response response, long nowMillis) {
        if (response instanceof Message.LoadedIs is) {
            startAnswer(out, LOADED, correlation);
            encodeLoaded(out, is.loaded(), nowMillis);
        } else if (response instanceof Message.LoadedIsHeld is) {
            startAnswer(out, LOADED_IS_HELD, correlation);
            out.age(is.idle());
            out.bool(is.accessNoted());
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
            out.age(is.readable());
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
                Fields.write(out, state);
            }
        } else {
            startAnswer(out, response instanceof Message.Done ? DONE : NEED_WHOLE, correlation);
        }
    }

    private static void encodeLoaded(WireWriter out, Loaded loaded, long nowMillis) {
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
        } else if (loaded instanceof Loaded.Changed changed) {
            out.oneByte(4);
            out.age(changed.idle());
            out.bool(changed.accessNoted());
            out.fixedLong(changed.version());
            out.duration(changed.maxInactive());
            out.unsigned(changed.attributes().size());
            changed.attributes().forEach((name, attribute) -> {
                out.text(name);
                out.fixedLong(attribute.mark());
                out.block(attribute.bytes());
            });
        } else {
            out.oneByte(loaded instanceof Loaded.Removed ? 2 : 3);
        }
    }

    private static void encodeSaved(WireWriter out, Saved saved) {
        if (saved instanceof Saved.Done done) {
            out.oneByte(0);
            out.fixedLong(done.version());
            out.bool(done.merged());
        } else if (saved instanceof Saved.Removed removed) {
            out.oneByte(1);
            Fields.write(out, removed.successor());
        } else {
            out.oneByte(saved instanceof Saved.Lost ? 2 : 3);
        }
    }

    private static void encodeRemoved(WireWriter out, Removed removed, long nowMillis) {
        if (removed instanceof Removed.Done done) {
            out.oneByte(0);
            encodeOptionalSnapshot(out, done.snapshot(), nowMillis);
        } else if (removed instanceof Removed.Already already) {
            out.oneByte(1);
            Fields.write(out, already.successor());
        } else if (removed instanceof Removed.Changed changed) {
            out.oneByte(2);
            encodeOptionalSnapshot(out, changed.snapshot(), nowMillis);
        } else {
            out.oneByte(3);
        }
    }

    private static void encodeOptionalSnapshot(WireWriter out, @Nullable SessionSnapshot snapshot, long nowMillis) {
        out.bool(snapshot != null);
        if (snapshot != null) {
            out.key(snapshot.key());
            RecordCodec.write(out, snapshot, nowMillis);
        }
    }

    private static Message.LockKnown lockKnown(WireReader in) throws WireException {
        Duration keepFor = Fields.lease(in);
        return new Message.LockKnown(in.bool() ? Fields.lock(in) : null, keepFor);
    }

    Message.Response decode(WireReader in, int kind, long nowMillis) throws WireException {
        return switch (kind) {
            case LOADED -> new Message.LoadedIs(decodeLoaded(in, nowMillis));
            case LOADED_IS_HELD -> new Message.LoadedIsHeld(in.age(), in.bool());
            case SAVED -> new Message.SavedIs(decodeSaved(in));
            case REMOVED -> new Message.RemovedIs(decodeRemoved(in, nowMillis));
            case ALIVE -> new Message.AliveIs(in.bool());
            case CLAIMS -> {
                int count = in.count(12);
                List<Claim> claims = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    SessionKey key = in.key(application);
                    long op = in.fixedLong();
                    claims.add(new Claim(RecordCodec.snapshot(in, key, nowMillis), op));
                }
                yield new Message.ClaimsAre(claims);
            }
            case FETCHED -> {
                SessionKey key = in.key(application);
                Duration readable = Fields.lease(in);
                yield new Message.FetchedIs(key, in.bool() ? RecordCodec.record(in, key, nowMillis) : null, readable);
            }
            case LOCK_IS -> new Message.LockIs(in.bool());
            case LOCK_KNOWN -> lockKnown(in);
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
                SessionKey key = in.key(application);
                yield new Loaded.Found(RecordCodec.snapshot(in, key, nowMillis), idle, noted);
            }
            case 1 -> new Loaded.Unchanged(in.age(), in.bool(), null);
            case 2 -> new Loaded.Removed();
            case 3 -> new Loaded.Absent();
            case 4 -> decodeChanged(in, nowMillis);
            default -> throw new WireException("unknown outcome of a load " + kind);
        };
    }

    private static Loaded.Changed decodeChanged(WireReader in, long nowMillis) throws WireException {
        Duration idle = in.age();
        boolean noted = in.bool();
        long version = Fields.version(in);
        Duration maxInactive = in.duration();
        int count = in.count(10);
        Map<String, StoredAttribute> attributes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.text();
            long mark = in.fixedLong();
            if (attributes.put(name, new StoredAttribute(in.block(), mark)) != null) {
                throw new WireException("an attribute twice");
            }
        }
        Instant accessedAt = Instant.ofEpochMilli(nowMillis).minus(idle);
        return new Loaded.Changed(version, accessedAt, maxInactive, attributes, null, idle, noted);
    }

    private Saved decodeSaved(WireReader in) throws WireException {
        int kind = in.oneByte();
        return switch (kind) {
            case 0 -> new Saved.Done(Fields.version(in), in.bool(), null);
            case 1 -> new Saved.Removed(Fields.optionalKey(in, application));
            case 2 -> new Saved.Lost();
            case 3 -> new Saved.Exists();
            default -> throw new WireException("unknown outcome of a save " + kind);
        };
    }

    private Removed decodeRemoved(WireReader in, long nowMillis) throws WireException {
        int kind = in.oneByte();
        return switch (kind) {
            case 0 -> new Removed.Done(in.bool() ? RecordCodec.snapshot(in, in.key(application), nowMillis) : null);
            case 1 -> new Removed.Already(Fields.optionalKey(in, application));
            case 2 -> {
                if (!in.bool()) {
                    throw new WireException("a changed session without content");
                }
                yield new Removed.Changed(RecordCodec.snapshot(in, in.key(application), nowMillis));
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
}
