package dev.holdfast.demo.testapp.faults;

import dev.holdfast.spi.kit.CountingStore;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.FaultyStore;
import dev.holdfast.spi.kit.Operation;
import dev.holdfast.spi.kit.StoreCall;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What shall go wrong: {@code of=save before}, {@code of=load after} (the next call fails before or after it took effect),
 * {@code of=down}, {@code of=damage flip}; {@code of=heal} ends all of it. And what the store was asked for since {@code
 * of=forget}: {@code of=calls} answers a line for each call, its operation, bytes sent and bytes received.
 */
@WebServlet("/control/fault")
public final class FaultServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private static volatile @Nullable FaultyStore store;

    private static volatile @Nullable CountingStore counting;

    static void use(FaultyStore faulty, CountingStore counter) {
        store = faulty;
        counting = counter;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        FaultyStore faulty = store;
        CountingStore counter = counting;
        String[] words = String.valueOf(request.getParameter("of")).split(" ");
        response.setContentType("text/plain;charset=UTF-8");
        if (faulty == null || counter == null) {
            response.sendError(HttpServletResponse.SC_CONFLICT, "the store is not faulty:…");
            return;
        }
        switch (words[0]) {
            case "heal" -> {
                faulty.heal();
                ManglingStore.damage = "none";
            }
            case "forget" -> counter.forget();
            case "calls" -> {
                for (StoreCall call : counter.calls()) {
                    response.getWriter()
                            .println(call.operation().name().toLowerCase(Locale.ROOT) + " " + call.sentBytes() + " "
                                    + call.receivedBytes());
                }
                return;
            }
            case "down" -> faulty.down();
            case "damage" -> ManglingStore.damage = words[1];
            default -> {
                Operation operation = Operation.valueOf(words[0].toUpperCase(Locale.ROOT));
                faulty.plan(words[1].equals("after") ? Fault.replyLost(operation) : Fault.failsBefore(operation));
            }
        }
        response.getWriter().print(faulty.planDone() ? "done" : "planned");
    }
}
