package dev.holdfast.demo.testapp.faults;

import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.FaultyStore;
import dev.holdfast.spi.kit.Operation;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What shall go wrong: {@code of=save before}, {@code of=load after} (the next call fails before or after it took effect),
 * {@code of=down}, {@code of=damage flip}; {@code of=heal} ends all of it.
 */
@WebServlet("/control/fault")
public final class FaultServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private static volatile @Nullable FaultyStore store;

    static void use(FaultyStore faulty) {
        store = faulty;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        FaultyStore faulty = store;
        String[] words = String.valueOf(request.getParameter("of")).split(" ");
        response.setContentType("text/plain;charset=UTF-8");
        if (faulty == null) {
            response.sendError(HttpServletResponse.SC_CONFLICT, "the store is not faulty:…");
            return;
        }
        switch (words[0]) {
            case "heal" -> {
                faulty.heal();
                ManglingStore.damage = "none";
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
