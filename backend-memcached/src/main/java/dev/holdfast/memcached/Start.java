package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.memcached.node.XmemcachedNode;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to the nodes and looks at each once. */
final class Start {

    private static final Logger LOG = LoggerFactory.getLogger(MemcachedStore.class);

    /**
     * How long what a node held counts as there, though the node is away. As long as that, a session that no other node has is
     * answered with "unavailable" and not with "there is none".
     */
    private static final Duration FORGET_AFTER = Duration.ofSeconds(10);

    private Start() {}

    /**
     * Goes on without nodes that do not answer, as long as one does: an application server has to start while a node is away.
     *
     * @throws StoreException UNAVAILABLE, with what each of them said, if none can be used
     */
    static SessionStore open(MemcachedSettings settings, StoreContext context) throws StoreException {
        Map<NodeAddress, Node> opened = new LinkedHashMap<>();
        boolean open = false;
        try {
            List<NodeAddress> all = new ArrayList<>(settings.nodes());
            settings.previousNodes().stream()
                    .filter(node -> !all.contains(node))
                    .forEach(all::add);
            List<? extends Node> nodes =
                    XmemcachedNode.open(all.stream().map(settings::options).toList());
            for (int i = 0; i < all.size(); i++) {
                opened.put(all.get(i), nodes.get(i));
            }
            requireOne(settings.nodes(), opened);
            Homes homes = new Homes(chosen(settings.nodes(), opened), settings.zones(), settings.replicas());
            if (!settings.previousNodes().isEmpty()) {
                homes = homes.movedFrom(chosen(settings.previousNodes(), opened), settings.zones());
            }
            NodeLists lists = NodeLists.watch(homes.nodes(), settings, context.application(), context.time());
            MemcachedStore store =
                    new MemcachedStore(homes, new Together(), context, FORGET_AFTER, settings.read(), lists);
            store.startRefill();
            open = true;
            settings.warnings().forEach(LOG::warn);
            LOG.info(
                    "memcached: application '{}' keeps its sessions on {}; {} {}, {} protocol, timeout {} ms{}",
                    context.application(),
                    settings.described(),
                    Math.min(settings.replicas(), settings.nodes().size()),
                    settings.replicas() == 1 ? "copy of each" : "copies of each",
                    settings.protocol().name().toLowerCase(Locale.ROOT),
                    settings.timeout().toMillis(),
                    settings.previousNodes().isEmpty() ? "" : "; moving from " + settings.previousNodes());
            return store;
        } finally {
            if (!open) {
                opened.values().forEach(Node::close);
            }
        }
    }

    private static List<Node> chosen(Collection<NodeAddress> addresses, Map<NodeAddress, Node> opened) {
        return addresses.stream()
                .flatMap(each -> Optional.ofNullable(opened.get(each)).stream())
                .toList();
    }

    private static void requireOne(List<NodeAddress> addresses, Map<NodeAddress, Node> opened) {
        List<Optional<StoreException>> failures = new Together()
                .each(chosen(addresses, opened), node -> node.beginGet(MemcachedStore.PING)).stream()
                        .map(outcome -> Optional.ofNullable(outcome.failure()))
                        .toList();
        if (failures.stream().allMatch(Optional::isPresent)) {
            throw new StoreException(
                    Kind.UNAVAILABLE,
                    "none of the memcached nodes can be used: "
                            + String.join(
                                    "; ",
                                    failures.stream()
                                            .flatMap(Optional::stream)
                                            .map(StoreException::getMessage)
                                            .toList())
                            + "; start one, or correct the settings store, memcached.protocol and memcached.user");
        }
    }
}
