package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Noting accesses. Part of {@link SessionStoreContract}. */
public abstract class TouchContract extends BackendContract<StoreFixture> {

    @Test
    void touchingNothingIsNoTrouble() {
        assertThat(one.touch(List.of())).isEmpty();
    }

    @Test
    void aTouchNotesAnAccessAndLeavesTheVersion() {
        SessionSnapshot mine = create(HOUR);
        backend.pass(Duration.ofMillis(600));
        long before = moment();

        assertThat(two.touch(List.of(new Touch(mine.key(), Duration.ofMillis(200)))))
                .isEmpty();

        assertThat(found(one, mine.key()).idle())
                .isBetween(Duration.ofMillis(195), since(before).plusMillis(205));
        assertThat(one.load(mine.key(), mine.version(), Access.NONE)).isInstanceOf(Loaded.Unchanged.class);
    }

    @Test
    void aTouchNeverMovesAnAccessBack() {
        SessionSnapshot mine = create(HOUR);
        long after = moment();

        assertThat(two.touch(List.of(new Touch(mine.key(), Duration.ofMinutes(10)))))
                .isEmpty();
        assertThat(two.touch(List.of(new Touch(mine.key(), Duration.ofSeconds(Long.MAX_VALUE)))))
                .isEmpty();

        assertThat(found(one, mine.key()).idle())
                .isLessThanOrEqualTo(since(after).plusSeconds(60));
    }

    @Test
    void aTouchDoesNotCreate() {
        SessionKey key = newKey();

        assertThat(one.touch(List.of(new Touch(key, Duration.ZERO)))).containsExactly(key);
        assertThat(look(two, key)).isEqualTo(new Loaded.Absent());
    }

    @Test
    void aBatchTellsTheDeadFromTheLiving() {
        List<Touch> touches = new ArrayList<>();
        Set<SessionKey> dead = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            SessionKey key = newKey();
            if (i % 3 != 0) {
                create(key, HOUR);
            }
            if (i % 3 == 2) {
                one.remove(key, Removal.invalidation());
            }
            if (i % 3 != 1) {
                dead.add(key);
            }
            touches.add(new Touch(key, Duration.ZERO));
        }
        touches.add(touches.get(1));

        assertThat(two.touch(touches)).isEqualTo(dead);
        assertThat(isAlive(one, touches.get(1).key())).isTrue();
    }
}
