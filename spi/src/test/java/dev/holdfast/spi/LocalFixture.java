package dev.holdfast.spi;

import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.StoreFixture;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The {@code local} store for the contract kit; also to stand behind a store that is around another. */
public class LocalFixture implements StoreFixture.Evicting, StoreFixture.Rewinding {

    private final ManualTime time = new ManualTime();
    private final LocalStore memory;

    public LocalFixture(ExpiryPolicy policy) {
        memory = new LocalStore(new StoreContext("memory", policy, time));
    }

    /** What all stores that this opens share. */
    protected LocalStore memory() {
        return memory;
    }

    @Override
    public SessionStore open(StoreContext context) {
        return memory.member(context);
    }

    @Override
    public TimeSource time() {
        return time;
    }

    @Override
    public void pass(Duration duration) {
        time.advance(duration);
    }

    @Override
    public void evict(SessionKey key) {
        memory.records().remove(key);
    }

    @Override
    public @Nullable Object copy(SessionKey key) {
        return memory.records().get(key);
    }

    @Override
    public void restore(SessionKey key, @Nullable Object copy) {
        if (copy == null) {
            memory.records().remove(key);
        } else {
            memory.records().put(key, (SessionRecord) copy);
        }
    }
}
