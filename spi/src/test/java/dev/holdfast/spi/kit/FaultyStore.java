package dev.holdfast.spi.kit;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in which that goes wrong which a test wants: calls that fail before or after they took effect, calls and replies
 * that are held back so that others overtake them. Faults of one operation strike in the order in which they were planned.
 * Thread-safe.
 */
public class FaultyStore extends StoreDecorator {

    /** Guarded by itself. */
    private final List<Planned> plan = new ArrayList<>();

    /** A fault and what is left of it; guarded by {@code plan}. */
    private static final class Planned {
        final Fault fault;
        int skip;
        int times;

        Planned(Fault fault) {
            this.fault = fault;
            skip = fault.skip();
            times = fault.times();
        }
    }

    private FaultyStore(SessionStore inner) {
        super(inner);
    }

    /** Around {@code inner}, sound at first; it is {@link ExpiryClaims} if {@code inner} is. */
    public static FaultyStore around(SessionStore inner) {
        return inner instanceof ExpiryClaims ? new Claiming(inner) : new FaultyStore(inner);
    }

    /** Adds faults. */
    public FaultyStore plan(Fault... faults) {
        synchronized (plan) {
            for (Fault fault : faults) {
                plan.add(new Planned(fault));
            }
        }
        return this;
    }

    /** The next call of that operation waits at the gate returned, then takes effect. */
    public Gate hold(Operation operation) {
        Gate gate = new Gate();
        plan(Fault.held(operation, gate));
        return gate;
    }

    /** Every call fails, without effect, until {@link #heal}. */
    public FaultyStore down() {
        for (Operation operation : Operation.values()) {
            plan(Fault.failsBefore(operation).always());
        }
        return this;
    }

    /** Forgets all faults; opens no gate. */
    public FaultyStore heal() {
        synchronized (plan) {
            plan.clear();
        }
        return this;
    }

    /** Whether every planned fault has struck as often as it was planned to. */
    public boolean planDone() {
        synchronized (plan) {
            return plan.isEmpty();
        }
    }

    @Override
    <A> A around(Operation operation, Collection<SessionKey> keys, long sent, Supplier<A> call) {
        Fault fault = take(operation);
        if (fault == null) {
            return call.get();
        }
        if (fault.when() == Fault.When.BEFORE) {
            strike(fault);
            return call.get();
        }
        A answer = call.get();
        strike(fault);
        return answer;
    }

    private static void strike(Fault fault) {
        if (fault.gate() != null) {
            fault.gate().pass();
        }
        if (fault.kind() != null) {
            throw new StoreException(
                    fault.kind(),
                    "planned: " + fault.operation()
                            + (fault.when() == Fault.When.BEFORE
                                    ? " failed before it took effect"
                                    : " lost its reply"));
        }
    }

    private @Nullable Fault take(Operation operation) {
        synchronized (plan) {
            for (Iterator<Planned> each = plan.iterator(); each.hasNext(); ) {
                Planned planned = each.next();
                if (planned.fault.operation() != operation) {
                    continue;
                }
                if (planned.skip > 0) {
                    planned.skip--;
                    return null;
                }
                if (planned.times != Integer.MAX_VALUE && --planned.times == 0) {
                    each.remove();
                }
                return planned.fault;
            }
            return null;
        }
    }

    private static final class Claiming extends FaultyStore implements ExpiryClaims {

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
