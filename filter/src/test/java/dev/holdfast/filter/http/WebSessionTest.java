package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.kit.Operation;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The session object, in a request, after its end, and outside of any. */
class WebSessionTest {

    private final TestApplication shop = new TestApplication();

    @AfterEach
    void close() {
        shop.close();
    }

    private HttpSession used() throws Exception {
        HttpSession[] session = new HttpSession[1];
        shop.serve(shop.request(), (q, r) -> {
            session[0] = q.getSession();
            session[0].setAttribute("n", 1);
        });
        return session[0];
    }

    @Test
    void nullNamesAndValuesMeanWhatTheSpecificationSays() throws Exception {
        HttpSession session = used();
        assertThatThrownBy(() -> session.setAttribute(null, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(session.getAttribute(null)).isNull();
        session.removeAttribute(null);
        session.setAttribute("n", null);
        assertThat(session.getAttribute("n")).isNull();
        assertThat(Collections.list(session.getAttributeNames())).isEmpty();
    }

    @Test
    void afterInvalidationOnlyWhatTheSpecificationAllowsWorks() throws Exception {
        HttpSession session = used();
        String id = session.getId();
        session.setMaxInactiveInterval(77);
        session.invalidate();

        List<ThrowingCallable> refused = List.of(
                session::getCreationTime,
                session::getLastAccessedTime,
                session::getAttributeNames,
                session::isNew,
                session::invalidate,
                session::getAccessor,
                () -> session.getAttribute("n"),
                () -> session.getAttribute(null),
                () -> session.setAttribute("n", 1),
                () -> session.setAttribute("n", null),
                () -> session.removeAttribute("n"),
                () -> session.removeAttribute(null));
        for (ThrowingCallable each : refused) {
            assertThatThrownBy(each).isInstanceOf(IllegalStateException.class);
        }
        assertThat(session.getId()).isEqualTo(id);
        assertThat(session.getServletContext()).isSameAs(shop.context);
        assertThat(session.getMaxInactiveInterval()).isEqualTo(77);
        session.setMaxInactiveInterval(5);
    }

    @Test
    void noTextOfItShowsTheId() throws Exception {
        HttpSession session = used();
        assertThat(session.toString())
                .doesNotContain(session.getId())
                .doesNotContain(session.getId().substring(0, 6));
    }

    @Test
    void anAccessorIsAShortRequestOfItsOwn() throws Exception {
        HttpSession session = used();
        HttpSession.Accessor accessor = session.getAccessor();
        shop.store.forget();

        accessor.access(accessed -> {
            assertThat(accessed).isSameAs(session);
            accessed.setAttribute("n", 2);
            assertThat(shop.store.count(Operation.SAVE)).as("in use").isZero();
        });

        assertThat(shop.store.count(Operation.SAVE)).isEqualTo(1);
        assertThat(shop.stored(session.getId(), "n")).isEqualTo(2);
    }

    @Test
    void anAccessorSavesWhatWasDoneBeforeAnException() throws Exception {
        HttpSession session = used();
        assertThatThrownBy(() -> session.getAccessor().access(accessed -> {
                    accessed.setAttribute("n", 3);
                    throw new UnsupportedOperationException("of the application");
                }))
                .hasMessage("of the application");
        assertThat(shop.stored(session.getId(), "n")).isEqualTo(3);
    }

    @Test
    void anAccessorEndsWithTheIdThatItWasMadeFor() throws Exception {
        HttpSession session = used();
        HttpSession.Accessor accessor = session.getAccessor();
        shop.serve(shop.request(session.getId()), (q, r) -> q.changeSessionId());
        assertThatThrownBy(() -> accessor.access(accessed -> {})).isInstanceOf(IllegalStateException.class);

        HttpSession.Accessor renewed = session.getAccessor();
        renewed.access(accessed -> accessed.setAttribute("n", 4));
        session.invalidate();
        assertThatThrownBy(() -> renewed.access(accessed -> {})).isInstanceOf(IllegalStateException.class);
    }
}
