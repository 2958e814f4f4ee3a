package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.server.Command;
import dev.holdfast.redis.server.Servers;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that answers the search for expired sessions with what it cannot answer. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DueAnswersTest {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));

    /** The same bucket would be looked into again and again, in one call. */
    @Test
    void moreSessionsThanWereAskedForEndTheSearch() {
        try (RedisStore store = new RedisStore(new TooMany(), new StoreContext("due", POLICY, TimeSource.SYSTEM))) {
            assertThatThrownBy(() -> store.claimExpired(List.of(), 10, Duration.ofMinutes(1)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("search for expired sessions");
        }
    }

    private static final class TooMany implements Servers {

        @Override
        public List<@Nullable Object> send(List<Command> commands, long deadlineNanos) {
            List<@Nullable Object> answers = new ArrayList<>();
            for (Command ignored : commands) {
                answers.add(Collections.nCopies(11, new byte[] {'a'}));
            }
            return answers;
        }

        @Override
        public void ping(long deadlineNanos) {}

        @Override
        public void close() {}
    }
}
