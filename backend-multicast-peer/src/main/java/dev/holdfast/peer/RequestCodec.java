package dev.holdfast.peer;

import dev.holdfast.peer.ChangeNumbers.Committed;
import dev.holdfast.peer.Message.Change;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The requests of {@link MessageCodec}. */
final class RequestCodec {

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
    private static final int LEAVING = 16;

    private static final int LOAD_COUNTS = 1;
    private static final int LOAD_HOLDS = 2;

    private final String application;

    RequestCodec(String application) {
        this.application = application;
    }

    private static void start(WireWriter out, int kind, MessageCodec.Envelope envelope) {
        out.oneByte(kind);
        out.unsigned(envelope.correlation());
        out.fixedLong(envelope.epoch());
    }

    void encode(WireWriter out, MessageCodec.Envelope envelope, Message.Request request, long nowMillis) {
        if (request instanceof Message.Load load) {
            start(out, LOAD, envelope);
            out.key(load.key());
            out.fixedLong(load.knownVersion());
            boolean holds = load.heldVersion() != Version.NONE;
            out.oneByte((load.access().counts() ? LOAD_COUNTS : 0) | (holds ? LOAD_HOLDS : 0));
            if (load.access().counts()) {
                out.age(load.access().age());
            }
            if (holds) {
                out.fixedLong(load.heldVersion());
            }
        } else if (request instanceof Message.Save save) {
            start(out, SAVE, envelope);
            out.key(save.key());
            out.bool(save.mayHaveRun());
            out.fixedLong(save.base().version());
            if (save.base().version() == Version.NONE) {
                Fields.write(out, save.base().createdAt());
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
            Fields.write(out, remove.how().successor());
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

    private static void encodeBetweenMembers(
            WireWriter out, MessageCodec.Envelope envelope, Message.Request request, long nowMillis) {
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
            Fields.write(out, keep.state());
        } else if (request instanceof Message.Replicate replicate) {
            start(out, REPLICATE, envelope);
            out.key(replicate.key());
            out.unsigned(replicate.sequence());
            write(out, replicate.committed(), replicate.sequence());
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
        } else if (request instanceof Message.Settled settled) {
            start(out, SETTLED, envelope);
            out.unsigned(settled.missing().size());
            for (Message.Missing missing : settled.missing()) {
                Fields.write(out, missing.member());
                out.age(missing.since());
                out.bool(missing.doubtful());
            }
        } else {
            start(out, request instanceof Message.Leaving ? LEAVING : PROBE, envelope);
        }
    }

    /** Mostly two bytes: how far the committed ones are behind this change. */
    private static void write(WireWriter out, Committed committed, long sequence) {
        out.unsigned(sequence - committed.below());
        out.unsigned(committed.from());
    }

    private static Committed committed(WireReader in, long sequence) throws WireException {
        long behind = in.unsigned();
        long from = in.unsigned();
        if (behind < 0 || from < 0 || behind > sequence) {
            throw new WireException("changes that were not made");
        }
        return new Committed(from, sequence - behind);
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
        } else if (change instanceof Change.Yours yours) {
            out.oneByte(4);
            out.fixedLong(yours.baseVersion());
            out.signed(yours.wallMillis());
            out.unsigned(yours.stamp());
        } else {
            Change.Claimed claimed = (Change.Claimed) change;
            out.oneByte(3);
            out.fixedLong(claimed.version());
            out.fixedLong(claimed.op());
            out.age(claimed.lease());
        }
    }

    private static Message.LockVerb verb(WireReader in) throws WireException {
        int verb = in.oneByte();
        Message.LockVerb[] verbs = Message.LockVerb.values();
        if (verb >= verbs.length) {
            throw new WireException("what to do with a lock: " + verb);
        }
        return verbs[verb];
    }

    Message.Request decode(WireReader in, int kind, long nowMillis) throws WireException {
        return switch (kind) {
            case LOAD -> {
                SessionKey key = in.key(application);
                long version = Fields.version(in);
                int flags = in.oneByte();
                if ((flags & ~(LOAD_COUNTS | LOAD_HOLDS)) != 0) {
                    throw new WireException("a load with flags " + flags);
                }
                Access access = (flags & LOAD_COUNTS) != 0 ? Access.ago(in.age()) : Access.NONE;
                long held = (flags & LOAD_HOLDS) != 0 ? Fields.version(in) : Version.NONE;
                yield new Message.Load(key, version, access, held);
            }
            case SAVE -> decodeSave(in);
            case TOUCHED -> new Message.Touched(in.key(application), in.age());
            case REMOVE -> {
                SessionKey key = in.key(application);
                long op = in.fixedLong();
                long expected = Fields.version(in);
                yield new Message.Remove(key, new Removal(op, expected, Fields.optionalKey(in, application)));
            }
            case CLAIM_ONE -> new Message.ClaimOne(in.key(application), in.bool(), in.age());
            case CLAIM_DUE -> {
                long limit = in.unsigned();
                if (limit < 1 || limit > Integer.MAX_VALUE) {
                    throw new WireException("limit out of range");
                }
                yield new Message.ClaimDue((int) limit, in.age());
            }
            case LOCK -> new Message.Lock(in.key(application), verb(in), in.fixedLong(), Fields.lease(in));
            case FETCH -> new Message.Fetch(in.key(application));
            case FETCH_LOCK -> new Message.FetchLock(in.key(application));
            case KEEP_LOCK -> keepLock(in);
            case REPLICATE -> {
                SessionKey key = in.key(application);
                long sequence = in.unsigned();
                yield new Message.Replicate(key, sequence, committed(in, sequence), decodeChange(in, key, nowMillis));
            }
            case OFFER -> decodeOffer(in);
            case PUSH -> {
                int count = in.count(3);
                List<Message.Copy> copies = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    SessionKey key = in.key(application);
                    copies.add(new Message.Copy(key, RecordCodec.record(in, key, nowMillis)));
                }
                yield new Message.Push(copies);
            }
            case SETTLED -> {
                int count = in.count(19);
                List<Message.Missing> missing = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    missing.add(new Message.Missing(Fields.member(in), in.age(), in.bool()));
                }
                yield new Message.Settled(missing);
            }
            case LEAVING -> new Message.Leaving();
            case PROBE -> new Message.Probe();
            default -> throw new WireException("unknown kind of request " + kind);
        };
    }

    private Message.Save decodeSave(WireReader in) throws WireException {
        SessionKey key = in.key(application);
        boolean mayHaveRun = in.bool();
        long version = Fields.version(in);
        Instant createdAt = Instant.EPOCH;
        Duration maxInactive = Duration.ZERO;
        if (version == Version.NONE) {
            createdAt = Fields.instant(in);
            maxInactive = in.duration();
        }
        SessionDelta delta = RecordCodec.delta(in, key);
        SessionSnapshot base = new SessionSnapshot(
                key, version, createdAt, createdAt, maxInactive, Map.<String, StoredAttribute>of(), Map.of(), null);
        return new Message.Save(base, delta, mayHaveRun);
    }

    private Message.Offer decodeOffer(WireReader in) throws WireException {
        int count = in.count(12);
        List<Message.Held> held = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SessionKey key = in.key(application);
            int code = in.oneByte();
            Outline.Kind kind = Arrays.stream(Outline.Kind.values())
                    .filter(known -> known.code == code)
                    .findAny()
                    .orElseThrow(() -> new WireException("unknown kind of record " + code));
            held.add(new Message.Held(key, new Outline(kind, Fields.version(in), in.time())));
        }
        return new Message.Offer(held);
    }

    private Change decodeChange(WireReader in, SessionKey key, long nowMillis) throws WireException {
        int kind = in.oneByte();
        return switch (kind) {
            case 0 -> new Change.Whole(RecordCodec.record(in, key, nowMillis));
            case 1 -> {
                long base = Fields.version(in);
                long wallMillis = in.signed();
                yield new Change.Delta(base, RecordCodec.delta(in, key), wallMillis);
            }
            case 2 -> new Change.Accessed(Fields.version(in), in.age());
            case 3 -> {
                long version = Fields.version(in);
                long op = in.fixedLong();
                yield new Change.Claimed(version, op, in.age());
            }
            case 4 -> {
                long base = Fields.version(in);
                long wallMillis = in.signed();
                long stamp = in.unsigned();
                if (stamp < 1 || stamp > Version.MAX_STAMP) {
                    throw new WireException("a stamp of " + stamp);
                }
                yield new Change.Yours(base, (int) stamp, wallMillis);
            }
            default -> throw new WireException("unknown kind of change " + kind);
        };
    }

    private Message.KeepLock keepLock(WireReader in) throws WireException {
        SessionKey key = in.key(application);
        Duration keepFor = Fields.lease(in);
        return new Message.KeepLock(key, Fields.lock(in), keepFor);
    }
}
