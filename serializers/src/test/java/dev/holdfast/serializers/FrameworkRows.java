package dev.holdfast.serializers;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.wicket.model.Model;
import org.apache.wicket.request.mapper.parameter.PageParameters;
import org.hibernate.collection.spi.PersistentBag;
import org.hibernate.collection.spi.PersistentMap;
import org.hibernate.collection.spi.PersistentSet;
import org.springframework.cglib.proxy.Enhancer;
import org.springframework.cglib.proxy.NoOp;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.servlet.FlashMap;

/** What frameworks keep in sessions: objects of their own classes, but for JSF, Struts and Vaadin, whose shapes these are. */
final class FrameworkRows {

    private FrameworkRows() {}

    static void addTo(Map<String, Table.Make> rows) {
        rows.put("Spring Security: SecurityContextImpl", FrameworkRows::securityContext);
        rows.put("Spring Security: DefaultCsrfToken", () -> new DefaultCsrfToken("X-CSRF", "_csrf", "t0k3n"));
        rows.put("Spring MVC: FlashMap", FrameworkRows::flashMap);
        rows.put(
                "Spring MVC: list of flash maps",
                () -> new java.util.concurrent.CopyOnWriteArrayList<>(List.of(flashMap(), flashMap())));
        rows.put("Spring: LinkedMultiValueMap", () -> {
            LinkedMultiValueMap<String, Object> map = new LinkedMultiValueMap<>();
            map.add("a", 1);
            map.add("a", null);
            return map;
        });
        rows.put("Spring: CGLIB proxy of a bean", () -> {
            Enhancer enhancer = new Enhancer();
            enhancer.setSuperclass(Bean.class);
            enhancer.setCallback(NoOp.INSTANCE);
            Bean bean = (Bean) enhancer.create();
            bean.name = "n";
            return bean;
        });
        rows.put("Hibernate: PersistentBag", () -> {
            PersistentBag<Object> bag =
                    new PersistentBag<>(null, new ArrayList<>(List.of("a", new Values.Point(1, 2))));
            return new ArrayList<>(List.of(bag, "beside"));
        });
        rows.put("Hibernate: PersistentSet", () -> new PersistentSet<>(null, new HashSet<>(List.of("a", "b"))));
        rows.put("Hibernate: PersistentMap", () -> new PersistentMap<>(null, new HashMap<>(Map.of("a", 1))));
        rows.put("Hibernate: entity with a bag", () -> {
            Values.Finals entity =
                    new Values.Finals(7, new PersistentBag<>(null, new ArrayList<>(List.of("lazy", "loaded"))));
            return new ArrayList<>(List.of(entity, entity));
        });
        rows.put("Wicket: models", () -> new ArrayList<>(List.of(Model.of("text"), Model.of(5), new Model<>())));
        rows.put(
                "Wicket: PageParameters",
                () -> new PageParameters().add("id", 7).set(0, "seg"));
        rows.put("JSF: view state", () -> {
            Map<String, Object> views = new LinkedHashMap<>(16, 0.75f, true); // as Mojarra's LRUMap
            views.put("v1", new Object[] {
                new Object[] {"j_id1", null, Boolean.TRUE, new Object[0]},
                new HashMap<>(Map.of("form:name", new Object[] {"value", new HashMap<>()}))
            });
            return views;
        });
        rows.put("Struts: token and messages", () -> {
            Map<String, Object> session = new HashMap<>();
            session.put("struts.tokens.token", "AB12");
            session.put("errors", new LinkedHashMap<>(Map.of("name", new ArrayList<>(List.of("required")))));
            return session;
        });
        rows.put("Vaadin: component tree with listeners", () -> {
            Component root = new Component("root");
            Component child = new Component("child");
            root.add(child);
            child.listeners.add((Listener) event -> root.events.add(event));
            return root;
        });
        rows.put(
                "Seam, CDI: proxy that replaces itself",
                () -> new Values.Order("c", null, null, new Values.Replaced("r"), 1));
        rows.put(
                "DTO: with a Guava-like immutable list of our own",
                () -> new Values.Finals(1, new OwnList(List.of("a"))));
    }

    private static SecurityContextImpl securityContext() {
        User user = new User("ada", "{bcrypt}x", List.of(new SimpleGrantedAuthority("ROLE_USER")));
        UsernamePasswordAuthenticationToken token =
                UsernamePasswordAuthenticationToken.authenticated(user, null, user.getAuthorities());
        token.setDetails(new HashMap<>(Map.of("remote", "10.0.0.1")));
        return new SecurityContextImpl(token);
    }

    private static FlashMap flashMap() {
        FlashMap map = new FlashMap();
        map.put("message", "saved");
        map.setTargetRequestPath("/done");
        map.addTargetRequestParam("id", "7");
        return map;
    }

    public static class Bean implements Serializable {
        private static final long serialVersionUID = 1;
        String name;
        int count = 3;
    }

    interface Listener extends Serializable {
        void hear(String event);
    }

    static class Component implements Serializable {
        private static final long serialVersionUID = 1;
        final String id;
        Component parent;
        final List<Component> children = new ArrayList<>();
        final List<Listener> listeners = new ArrayList<>();
        final List<String> events = new ArrayList<>();

        Component(String id) {
            this.id = id;
        }

        void add(Component child) {
            child.parent = this;
            children.add(child);
        }
    }

    static class OwnList extends java.util.AbstractList<String> implements Serializable {
        private static final long serialVersionUID = 1;
        private final List<String> held;

        OwnList(List<String> held) {
            this.held = held;
        }

        @Override
        public String get(int index) {
            return held.get(index);
        }

        @Override
        public int size() {
            return held.size();
        }
    }
}
