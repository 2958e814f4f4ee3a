package dev.holdfast.spi.kit;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A store that remembers the calls that went through it, in the order in which they ended. Thread-safe. */
public class CountingStore extends StoreDecorator {

    private final List<StoreCall> calls = new CopyOnWriteArrayList<>();

    private CountingStore(SessionStore inner) {
        super(inner);
    }

    /** Around {@code inner}; it is {@link ExpiryClaims} if {@code inner} is. */
    public static CountingStore around(SessionStore inner) {
        return inner instanceof ExpiryClaims ? new Claiming(inner) : new CountingStore(inner);
    }

    /** All calls that have ended since the last {@link #forget}. A view of the moment. */
    public List<StoreCall> calls() {
        return List.copyOf(calls);
    }

    /** Those of one operation. */
    public List<StoreCall> calls(Operation operation) {
        return calls.stream().filter(call -> call.operation() == operation).toList();
    }

    /** How many of one operation have ended. */
    public int count(Operation operation) {
        return calls(operation).size();
    }

    /** Names and values that saves have carried, in bytes. */
    public long sentBytes() {
        return calls.stream().mapToLong(StoreCall::sentBytes).sum();
    }

    /** Names and values that loads have brought, in bytes. */
    public long receivedBytes() {
        return calls.stream().mapToLong(StoreCall::receivedBytes).sum();
    }

    /** Counts from zero again. */
    public void forget() {
        calls.clear();
    }

    @Override
    <A> A around(Operation operation, Collection<SessionKey> keys, long sent, Supplier<A> call) {
        try {
            A answer = call.get();
            calls.add(new StoreCall(operation, Set.copyOf(keys), sent, StoreCall.sizeOfAnswer(answer), answer, null));
            return answer;
        } catch (RuntimeException e) {
            calls.add(new StoreCall(operation, Set.copyOf(keys), sent, 0, null, e));
            throw e;
        }
    }

    private static final class Claiming extends CountingStore implements ExpiryClaims {

        Claiming(SessionStore inner) {
            super(inner);
        }

        @Override
        public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
            return claim(suspects, limit, lease);
        }

        @Override
        public void confirm(Collection<Claim> claims) {
            confirmAll(claims);
        }
    }
}
