package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.kit.ManualTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a store says about its state comes back to it with the save that follows. */
class TokensTest {

    private final ManualTime time = new ManualTime();
    private final LocalStore store = Node.store(time);
    private final Counting tokens = new Counting(store.member(Node.context(time)));
    private final Node a = new Node(tokens, time);
    private final Node b = new Node(store, time);

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    @Test
    void aSaveComesWithTheTokenOfTheLoadBeforeIt() {
        String id = b.create(live -> null);

        a.write(id, "n", 1);

        assertThat(tokens.calls).containsExactly("load 1", "save 1");
    }

    @Test
    void alsoIfTheLoadFoundNothingNew() {
        String id = b.create(live -> null);
        a.read(id, "n");
        a.write(id, "n", 1);
        a.write(id, "n", 2);

        assertThat(tokens.calls).containsExactly("load 1", "unchanged 2", "save 2", "unchanged 4", "save 4");
    }

    @Test
    void theNextSaveOfARequestComesWithTheTokenOfTheFirst() {
        String id = b.create(live -> null);
        Boolean found = a.request(id, live -> {
            live.setAttribute("n", 1);
            a.sessions.commit(live);
            live.setAttribute("n", 2);
            return true;
        });

        assertThat(found).isTrue();
        assertThat(tokens.calls).containsExactly("load 1", "save 1", "save 2");
    }

    /** The next change is made without a load. */
    @Test
    void aCopyThatIsTrustedKeepsItForTheNextChange() {
        Node sticky = new Node(tokens, time, Node.rules().with(new WriteRules(false, false, true, 100, 1 << 20)));
        String id = b.create(live -> null);
        sticky.write(id, "n", 1);

        assertThat(cached(sticky, id).baseOfSave().token()).isNotNull();
        sticky.close();
    }

    @Test
    void alsoIfNoRequestWaitedForTheSave() {
        Node later = new Node(tokens, time, Node.rules().with(new WriteRules(true, false, true, 100, 1 << 20)));
        String id = b.create(live -> null);
        later.write(id, "n", 1);

        assertThat(BehindSessions.drain(later.sessions)).isTrue();

        assertThat(tokens.calls).last().asString().startsWith("save");
        assertThat(cached(later, id).baseOfSave().token()).isNotNull();
        later.close();
    }

    private static LiveSession cached(Node node, String id) {
        return Objects.requireNonNull(node.sessions.cached(id));
    }

    @Test
    void alsoAfterASaveThatMergedWithOthers() {
        String id = b.create(live -> null);
        Boolean found = a.request(id, live -> {
            b.write(id, "other", 1);
            live.setAttribute("n", 1);
            a.sessions.commit(live);
            live.setAttribute("n", 2);
            return true;
        });

        assertThat(found).isTrue();
        assertThat(tokens.calls).containsExactly("load 1", "save 1", "save 2");
        assertThat(b.read(id, "other")).isEqualTo(1);
        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    /** It may hold as much as the session itself. */
    @Test
    void noTokenIsKeptWhenNobodyUsesTheSessionAndTheNextRequestLoadsIt() {
        String id = a.create(live -> live);
        LiveSession live = a.enter(id);
        assertThat(live.baseOfSave().token()).isNotNull();
        a.sessions.leave(live);

        assertThat(live.baseOfSave().token()).isNull();
        assertThat(live.base().token()).isNull();
    }

    /** Each answer brings a token of its own. */
    private static final class Counting implements SessionStore {

        private final SessionStore inner;
        private final List<String> calls = new ArrayList<>();
        private int last;

        Counting(SessionStore inner) {
            this.inner = inner;
        }

        private record Token(int number) {}

        private static String number(@Nullable Object token) {
            return token == null ? "-" : "" + ((Token) token).number();
        }

        @Override
        public Loaded load(SessionKey key, long knownVersion, Access access) {
            Loaded loaded = inner.load(key, knownVersion, access);
            Token token = new Token(++last);
            if (loaded instanceof Loaded.Unchanged unchanged) {
                calls.add("unchanged " + token.number());
                return new Loaded.Unchanged(unchanged.idle(), unchanged.accessNoted(), token);
            }
            calls.add("load " + token.number());
            return loaded instanceof Loaded.Found found
                    ? new Loaded.Found(found.snapshot().withToken(token), found.idle(), found.accessNoted())
                    : loaded;
        }

        @Override
        public Saved save(SessionSnapshot base, SessionDelta delta) {
            calls.add("save " + number(base.token()));
            Saved saved = inner.save(base, delta);
            return saved instanceof Saved.Done done
                    ? new Saved.Done(done.version(), done.merged(), new Token(++last))
                    : saved;
        }

        @Override
        public Set<SessionKey> touch(Collection<Touch> touches) {
            return inner.touch(touches);
        }

        @Override
        public Removed remove(SessionKey key, Removal how) {
            return inner.remove(key, how);
        }

        @Override
        public void ping() {
            inner.ping();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
