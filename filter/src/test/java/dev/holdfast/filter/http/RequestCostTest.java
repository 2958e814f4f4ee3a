package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.holdfast.spi.kit.Operation;
import jakarta.servlet.FilterChain;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the filter costs a request, in store calls and in bytes allocated. */
class RequestCostTest {

    private static final int REQUESTS = 20_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TestApplication shop = new TestApplication(true);

    @AfterEach
    void close() {
        shop.close();
    }

    /** On average; the fakes are made before, and allocate nothing themselves. */
    private long bytesPerRequest(FakeRequest request, FilterChain chain) throws Exception {
        FakeResponse response = new FakeResponse();
        request.response = response;
        long before = 0;
        for (int i = 0; i < 2 * REQUESTS; i++) {
            if (i == REQUESTS) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            shop.dispatches.doFilter(request, response, chain);
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / REQUESTS;
    }

    @Test
    void aRequestThatDoesNotUseItsSessionAllocatesLittle() throws Exception {
        assertThat(bytesPerRequest(shop.request(), (q, r) -> {})).isLessThanOrEqualTo(150);
    }

    @Test
    void soDoesOneThatCarriesTheIdOfASessionThatIsKnownHere() throws Exception {
        String id = shop.newSession();
        shop.store.forget();
        FakeRequest request = shop.request(id);
        request.containersRequestedId = id;

        assertThat(bytesPerRequest(request, (q, r) -> {})).isLessThanOrEqualTo(150);
        assertThat(shop.store.calls()).isEmpty();
    }

    @Test
    void soDoesOneThatWritesItsAnswer() throws Exception {
        shop.newSession();
        byte[] none = new byte[0];
        assertThat(bytesPerRequest(shop.request(), (q, r) -> r.getOutputStream().write(none)))
                .isLessThanOrEqualTo(200);
    }

    @Test
    void readingCostsOneLoadAndChangingOneSaveMore() throws Exception {
        String id = shop.newSession();
        shop.store.forget();
        shop.serve(shop.request(id), (q, r) -> q.getSession().getAttribute("n"));
        assertThat(shop.store.count(Operation.LOAD)).isEqualTo(1);
        assertThat(shop.store.calls()).hasSize(1);

        shop.store.forget();
        shop.serve(shop.request(id), (q, r) -> {
            q.getSession().setAttribute("n", "second");
            r.getWriter().print("done");
            r.flushBuffer();
        });
        assertThat(shop.store.count(Operation.LOAD)).isEqualTo(1);
        assertThat(shop.store.count(Operation.SAVE)).isEqualTo(1);
        assertThat(shop.store.calls()).hasSize(2);
    }
}
