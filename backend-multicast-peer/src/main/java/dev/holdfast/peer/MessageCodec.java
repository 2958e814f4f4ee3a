package dev.holdfast.peer;

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

    private static final int FIRST_ANSWER = 64;

    private final RequestCodec requests;
    private final AnswerCodec answers;

    /** @param application of every key in every message: a cluster serves one */
    MessageCodec(String application) {
        requests = new RequestCodec(application);
        answers = new AnswerCodec(application);
    }

    /** @param nowMillis the sender's clock, from which times become ages */
    byte[] encode(Envelope envelope, long nowMillis) {
        WireWriter out = new WireWriter(128);
        if (envelope.message() instanceof Message.Request request) {
            requests.encode(out, envelope, request, nowMillis);
        } else {
            AnswerCodec.encode(out, envelope.correlation(), (Message.Response) envelope.message(), nowMillis);
        }
        return out.toByteArray();
    }

    /** @param nowMillis the receiver's clock, on which ages become times */
    Envelope decode(WireReader in, long nowMillis) throws WireException {
        int kind = in.oneByte();
        long correlation = in.unsigned();
        Envelope envelope = kind >= FIRST_ANSWER
                ? new Envelope(correlation, Epoch.NO_TOKEN, answers.decode(in, kind, nowMillis))
                : new Envelope(correlation, in.fixedLong(), requests.decode(in, kind, nowMillis));
        in.requireEnd();
        return envelope;
    }
}
