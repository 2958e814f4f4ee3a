package dev.holdfast.demo.boot;

import jakarta.servlet.http.HttpSession;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Keeps a basket in the session. */
@RestController
class BasketController {

    /** What is in the session. */
    record Basket(ArrayList<String> things) implements Serializable {}

    /** Puts something in, and shows all that is there. */
    @GetMapping("/basket")
    String add(HttpSession session, @RequestParam String thing) {
        List<String> before = session.getAttribute("basket") instanceof Basket basket ? basket.things() : List.of();
        ArrayList<String> things = new ArrayList<>(before);
        things.add(thing);
        session.setAttribute("basket", new Basket(things));
        return String.join(", ", things);
    }
}
