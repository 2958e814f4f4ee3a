package dev.holdfast.demo.bundles.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.Receiver;
import org.jgroups.Version;
import org.jgroups.protocols.SHARED_LOOPBACK;
import org.jgroups.protocols.SHARED_LOOPBACK_PING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import redis.clients.jedis.Jedis;

/** An application with a Redis and a cluster of its own, which have nothing to do with its sessions. */
public final class ShopServlet extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        response.setContentType("text/plain");
        try {
            response.getWriter().print(answer(request));
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    private static String answer(HttpServletRequest request) throws Exception {
        switch (request.getPathInfo()) {
            case "/count" -> {
                HttpSession session = request.getSession();
                Basket basket = session.getAttribute("basket") instanceof Basket kept
                        ? new Basket(kept.things() + 1)
                        : new Basket(1);
                session.setAttribute("basket", basket);
                return "" + basket.things();
            }
            case "/redis" -> {
                try (Jedis jedis = new Jedis("127.0.0.1", Integer.parseInt(request.getParameter("port")))) {
                    jedis.set("shop", "open");
                    return jedis.get("shop") + " " + jar(Jedis.class);
                }
            }
            case "/cluster" -> {
                return talk() + " " + Version.description + " " + jar(JChannel.class);
            }
            default -> throw new IllegalArgumentException(request.getPathInfo());
        }
    }

    /** A member of a cluster of one that hears what it says. */
    private static String talk() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (JChannel channel = new JChannel(
                new SHARED_LOOPBACK(),
                new SHARED_LOOPBACK_PING(),
                new NAKACK2(),
                new UNICAST3(),
                new STABLE(),
                new GMS())) {
            channel.setReceiver(new Receiver() {
                @Override
                public void receive(Message message) {
                    heard.complete(message.getObject());
                }
            });
            channel.connect("shop");
            channel.send(new ObjectMessage(null, "hello"));
            return heard.get(30, TimeUnit.SECONDS);
        }
    }

    private static String jar(Class<?> type) {
        return type.getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath()
                .replaceAll(".*/", "");
    }
}
