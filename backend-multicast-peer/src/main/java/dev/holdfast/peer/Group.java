package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Discovery;
import dev.holdfast.peer.PeerSettings.Endpoint;
import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.peer.wire.Links;
import dev.holdfast.peer.wire.MemberKeys;
import dev.holdfast.peer.wire.SealedPackets;
import dev.holdfast.peer.wire.SealedTcp;
import dev.holdfast.peer.wire.SealedUdp;
import dev.holdfast.peer.wire.Suspicions;
import dev.holdfast.spi.StoreException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.MergeView;
import org.jgroups.Message;
import org.jgroups.PhysicalAddress;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.ViewId;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is a member, told by JGroups, and the way to them: a link ({@link Links}), or while there is none, JGroups. Several
 * messages to one member share a packet: {@code (length, message)*}, over JGroups after a byte that says that these are messages.
 *
 * <p>Links are TCP, whatever JGroups uses ({@code peer.transport}); multicast only finds members. What goes over JGroups goes out of band (their order is the protocol's matter) and
 * without its flow control: it makes the sender wait for a member that hangs until that is noticed, longer than any
 * operation may take. What is under way is bounded instead by {@link Calls}. Each destination has its own sending thread in
 * JGroups ("per-destination"), so a member that hangs holds up nobody else.
 */
final class Group implements Network, Receiver {

    private static final Logger log = LoggerFactory.getLogger(Group.class);

    /** What a thread has to send once its work is done. Only ever set while {@link #together} runs. */
    private record Together(Group group, Map<Member, List<byte[]>> messages) {}

    private static final ThreadLocal<@Nullable Together> TOGETHER = new ThreadLocal<>();

    private static final int FORMAT = 1;
    /** Not messages, but where the sender listens for links. */
    private static final int PORT = 2;
    /** Above the port for JGroups. */
    private static final int LINKS_OFFSET = 50;

    private static final int LINKS_RANGE = 20;
    private static final int PACKET = 48 << 10;

    /** Addresses remembered at most: whoever reaches the port can make up senders. */
    private static final int MOST_ADDRESSES = 10_000;

    private static final int LAST_PORT = 65_535;
    private static final long LONGEST_LOOKING_MILLIS = 2_000;
    /** Of a member that may be dead: longer than a lease to read, so that whoever goes on without it need hardly wait. */
    private static final long TIME_TO_ANSWER_MILLIS = 1_500;

    /** What a {@link Group} tells. Called in JGroups' threads. */
    interface Listener {
        void installed(Epoch epoch);

        void received(Member from, WireReader message) throws WireException;
    }

    private final PeerSettings settings;
    private final String cluster;
    private final MemberKeys keys;
    private final List<byte[]> secrets;
    private final long timeToAnswerMillis;
    private final BindAddress bind;
    /**
     * Of the members, and of those who wrote before the view that has them arrived here: members learn of a view one after
     * another, and who is ahead must get the answer "not my epoch", or it waits for a timeout. A view lets go of the rest.
     */
    private final ConcurrentMap<Member, Address> addresses = new ConcurrentHashMap<>();

    private final LongAdder packetsSent = new LongAdder();
    private final LongAdder bytesSent = new LongAdder();
    private final LongAdder views = new LongAdder();
    private final LongAdder merges = new LongAdder();
    private final Rarely strange = new Rarely();
    private final Rarely refused = new Rarely();
    private final Rarely trouble = new Rarely();
    private volatile String lastRefused = "";
    private @Nullable JChannel channel;
    private volatile @Nullable SealedPackets packets;
    private volatile @Nullable Links links;
    private volatile @Nullable Suspicions suspicions;
    private volatile @Nullable Listener listener;

    /**
     * @param cluster members of other names do not see each other
     * @param keys of {@link dev.holdfast.spi.StoreContext#keys}
     */
    Group(PeerSettings settings, String cluster, List<byte[]> keys) {
        this(settings, cluster, keys, TIME_TO_ANSWER_MILLIS);
    }

    /** @param timeToAnswerMillis of a member that may be dead */
    Group(PeerSettings settings, String cluster, List<byte[]> keys, long timeToAnswerMillis) {
        this.settings = settings;
        this.timeToAnswerMillis = timeToAnswerMillis;
        this.cluster = cluster;
        this.keys = new MemberKeys(keys, cluster);
        secrets = keys;
        bind = BindAddress.choose(settings);
    }

    /** Joins. The first view has been told when this returns. */
    void connect(Member self, Listener toTell) {
        listener = toTell;
        Exception last = null;
        for (int port : bind.ports()) {
            JChannel attempt = null;
            try {
                links = openLinks(self, port);
                attempt = new JChannel(stack(port));
                attempt.addAddressGenerator(() -> new UUID(self.high(), self.low()));
                attempt.setName(self.toString());
                attempt.setDiscardOwnMessages(true);
                attempt.setReceiver(this);
                channel = attempt;
                attempt.connect(onTheWire(cluster));
                return;
            } catch (Exception e) {
                last = e;
                if (attempt != null) {
                    attempt.close();
                }
                closeLinks();
            }
        }
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE,
                "peer store: cannot join cluster " + cluster + " (" + settings.discovery() + ") on "
                        + bind.address().getHostAddress() + " ports " + bind.ports() + ": "
                        + (last == null ? "no port to try" : last.getMessage()),
                last);
    }

    private Links openLinks(Member self, int port) throws IOException {
        List<Integer> ports = port == 0
                ? List.of(0)
                : IntStream.rangeClosed(port + LINKS_OFFSET, port + LINKS_OFFSET + LINKS_RANGE)
                        .map(wanted -> wanted > LAST_PORT ? 0 : wanted)
                        .boxed()
                        .toList();
        return new Links(
                uuid(self),
                bind.address(),
                ports,
                new MemberKeys(secrets, cluster + " links"),
                onTheWire(cluster),
                agreedSettings(),
                "holdfast-peer-" + cluster,
                new Links.Listener() {
                    @Override
                    public void together(Runnable work) {
                        Group.this.together(work);
                    }

                    @Override
                    public void received(java.util.UUID from, byte[] bytes, int offset, int length) {
                        noteAddress(member(from), address(from));
                        try {
                            receiveMessages(member(from), new WireReader(bytes, offset, length));
                        } catch (RuntimeException | Error e) {
                            log.error("peer store {}: failed in the background", cluster, e);
                        }
                    }

                    @Override
                    public void strange(String what) {
                        Group.this.strange(what);
                    }

                    @Override
                    public void refused(String who) {
                        Group.this.refused(who);
                    }

                    @Override
                    public void trouble(String what) {
                        Group.this.trouble(what);
                    }

                    @Override
                    public void broken(java.util.UUID who) {
                        Suspicions toTell = suspicions;
                        if (toTell != null) {
                            toTell.broken(address(who));
                        }
                    }
                });
    }

    private void closeLinks() {
        Links open = links;
        if (open != null) {
            open.close();
        }
    }

    private static java.util.UUID uuid(Member member) {
        return new java.util.UUID(member.high(), member.low());
    }

    private static Member member(java.util.UUID uuid) {
        return new Member(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    private static UUID address(java.util.UUID uuid) {
        return new UUID(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    private String agreedSettings() {
        return "replicas=" + (settings.replicas() == Integer.MAX_VALUE ? "all" : settings.replicas());
    }

    /** Whether other machines reach this member, and nobody is asked who it is. */
    boolean isOpenToAll() {
        return !bind.address().isLoopbackAddress() && !keys.isSecret();
    }

    /** Whether other machines cannot reach this member, though nobody said that they should not. */
    boolean isAloneByAccident() {
        return bind.address().isLoopbackAddress()
                && settings.bind().isEmpty()
                && !(settings.discovery() instanceof Discovery.Hosts);
    }

    /** For messages. */
    String where() {
        return bind.address().getHostAddress() + ":" + port();
    }

    private int port() {
        JChannel open = channel;
        Object physical = open == null || open.getAddress() == null
                ? null
                : open.down(new Event(Event.GET_PHYSICAL_ADDRESS, open.getAddress()));
        return physical instanceof IpAddress ip ? ip.getPort() : 0;
    }

    /** Every message carries the cluster's name, so it is a short one: 48 bits of a hash; a clash would need 2^24 clusters. */
    static String onTheWire(String cluster) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : cluster.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return "hf" + Long.toString(Epoch.mix(hash) >>> 16, 36);
    }

    /**
     * Those of the places to look for members at which none of this cluster was found, for messages. With multicast there are no
     * such places.
     */
    List<String> notFound() {
        JChannel open = channel;
        if (open == null || open.getView() == null) {
            return List.of();
        }
        Set<Object> found = new HashSet<>();
        for (Address member : open.getView().getMembers()) {
            found.add(open.down(new Event(Event.GET_PHYSICAL_ADDRESS, member)));
        }
        List<String> missing = new ArrayList<>();
        for (Endpoint endpoint : endpoints()) {
            Set<PhysicalAddress> addresses = HostsPing.lookedUp(List.of(endpoint));
            if (addresses.isEmpty()) {
                missing.add(endpoint + " (nobody knows this name)");
            } else if (settings.discovery() instanceof Discovery.Dns) {
                addresses.stream().filter(address -> !found.contains(address)).forEach(a -> missing.add(a.toString()));
            } else if (addresses.stream().noneMatch(found::contains)) {
                missing.add(endpoint.toString());
            }
        }
        return missing;
    }

    private List<Protocol> stack(int port) throws Exception {
        SealedPackets sealed =
                new SealedPackets(keys, onTheWire(cluster), agreedSettings(), this::strange, this::refused);
        packets = sealed;
        boolean udp = settings.transport() == Transport.UDP;
        TP transport = udp ? new SealedUdp(sealed) : tcp(sealed);
        transport.setBindAddress(bind.address());
        transport.setBindPort(port);
        transport.setPortRange(0);
        transport.disableDiagnostics();
        List<Protocol> stack = new ArrayList<>();
        stack.add(transport);
        stack.add(discovery());
        stack.add(new MERGE3().setMinInterval(1_000).setMaxInterval(3_000));
        stack.add(new FD_ALL3().setTimeout(settings.failureTimeout().toMillis()).setInterval(1_000));
        Suspicions verifying = new Suspicions(timeToAnswerMillis);
        suspicions = verifying;
        stack.add(verifying);
        stack.add(new NAKACK2());
        stack.add(new UNICAST3());
        stack.add(new STABLE());
        stack.add(new GMS()
                .printLocalAddress(false)
                .setJoinTimeout(lookingMillis())
                .setLeaveTimeout(1_000)
                .setViewAckCollectionTimeout(1_000));
        stack.add(new UFC());
        stack.add(new MFC());
        stack.add(new FRAG2().setFragSize(udp ? SealedUdp.LARGEST / 2 : 60_000));
        return stack;
    }

    private SealedTcp tcp(SealedPackets sealed) {
        SealedTcp tcp = new SealedTcp(sealed, this::trouble);
        tcp.setBundlerType("per-destination");
        // 0: as the operating system gives; asking for more only gets a warning on most machines.
        tcp.setRecvBufSize(0);
        tcp.setSendBufSize(0);
        tcp.setSockConnTimeout(1_000);
        // Members send heartbeats; whoever is silent for so long is none, or a stranger.
        tcp.setReaperInterval(60_000);
        tcp.setConnExpireTime(120_000);
        tcp.tcpNodelay(true);
        // Larger ones are no message of ours: they are cut to pieces of 60 KB. The length comes from the network.
        tcp.setMaxLength(4 << 20);
        // Connections break off when members end; that is one line, not a stack trace.
        tcp.logDetails(false);
        return tcp;
    }

    /** Where more members are expected, the first one need not look for others for as long as it then waits for them. */
    private long lookingMillis() {
        long most = settings.expectedMembers() > 1 ? LONGEST_LOOKING_MILLIS : Long.MAX_VALUE;
        return Math.min(most, settings.joinTimeout().toMillis());
    }

    private Protocol discovery() {
        if (settings.discovery() instanceof Discovery.Multicast multicast) {
            GroupPing ping = new GroupPing(
                    keys,
                    onTheWire(cluster),
                    settings.transport(),
                    from -> strange("a packet of " + from + " on " + multicast
                            + ", which is none of ours; harmless, but another group or port keeps the two apart"),
                    this::refused);
            ping.setBindAddr(bind.address());
            ping.setMcastAddr(multicast.group());
            ping.setMcastPort(multicast.port());
            // Asked three times within the join timeout: a datagram may get lost.
            ping.numDiscoveryRuns(3);
            return ping;
        }
        return new HostsPing(endpoints());
    }

    /** Where members are looked for; none with multicast. */
    private List<Endpoint> endpoints() {
        if (settings.discovery() instanceof Discovery.Hosts hosts) {
            return hosts.endpoints();
        }
        return settings.discovery() instanceof Discovery.Dns dns ? List.of(dns.name()) : List.of();
    }

    @Override
    public void viewAccepted(View view) {
        views.increment();
        if (view instanceof MergeView) {
            merges.increment();
        }
        List<Member> members = new ArrayList<>();
        for (Address address : view.getMembers()) {
            if (address instanceof UUID uuid) {
                Member member = new Member(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
                members.add(member);
                addresses.put(member, address);
            }
        }
        addresses.keySet().retainAll(members);
        log.info("peer store {}: {} member{}: {}", cluster, members.size(), members.size() == 1 ? "" : "s", members);
        Listener toTell = listener;
        if (toTell != null) {
            toTell.installed(new Epoch(token(view.getViewId()), members, settings.replicas()));
        }
        Links open = links;
        if (open != null) {
            open.retain(members.stream().map(Group::uuid).toList());
            open.executor().execute(() -> tellPort(open, view));
        }
    }

    /** To all, at each view: whoever has a link already has nothing to do. */
    private void tellPort(Links open, View view) {
        JChannel through = channel;
        if (through == null) {
            return;
        }
        WireWriter out = new WireWriter(4);
        out.oneByte(PORT);
        out.unsigned(open.port());
        for (Address address : view.getMembers()) {
            if (!address.equals(through.getAddress())) {
                sendOverJGroups(through, address, out.toByteArray());
            }
        }
    }

    private void toldPort(Member from, Address address, WireReader in) throws WireException {
        long port = in.unsigned();
        in.requireEnd();
        Links open = links;
        JChannel through = channel;
        if (open == null || through == null || port < 1 || port > LAST_PORT) {
            return;
        }
        if (through.down(new Event(Event.GET_PHYSICAL_ADDRESS, address)) instanceof IpAddress ip) {
            open.connect(uuid(from), new InetSocketAddress(ip.getIpAddress(), (int) port));
        }
    }

    private static long token(ViewId id) {
        long hash = Epoch.mix(id.getId());
        if (id.getCreator() instanceof UUID creator) {
            hash = Epoch.mix(hash ^ creator.getMostSignificantBits());
            hash = Epoch.mix(hash ^ creator.getLeastSignificantBits());
        }
        return hash == Epoch.NO_TOKEN ? 1 : hash;
    }

    @Override
    public void receive(Message message) {
        together(() -> receivePacket(message));
    }

    @Override
    public void receive(MessageBatch batch) {
        together(() -> batch.forEach(this::receivePacket));
    }

    private void receivePacket(Message message) {
        Listener toTell = listener;
        if (toTell == null || !(message.getSrc() instanceof UUID source)) {
            return;
        }
        Member from = new Member(source.getMostSignificantBits(), source.getLeastSignificantBits());
        noteAddress(from, source);
        try {
            if (!message.hasArray()) {
                throw new WireException("a message of another kind");
            }
            WireReader in = new WireReader(message.getArray(), message.getOffset(), message.getLength());
            switch (in.oneByte()) {
                case FORMAT -> receiveMessages(from, in);
                case PORT -> toldPort(from, source, in);
                default -> throw new WireException("a packet of another format");
            }
        } catch (WireException e) {
            strange("a message of member " + from + ": " + e.getMessage());
        }
    }

    /** Of a member that has a view before this one has it: else it would wait for its answer until its time is over. */
    private void noteAddress(Member from, Address address) {
        if (!addresses.containsKey(from) && addresses.size() < MOST_ADDRESSES) {
            addresses.put(from, address);
        }
    }

    private void receiveMessages(Member from, WireReader in) {
        Listener toTell = listener;
        if (toTell == null) {
            return;
        }
        try {
            while (in.remaining() > 0) {
                toTell.received(from, in.part());
            }
        } catch (WireException e) {
            strange("a message of member " + from + ": " + e.getMessage());
        }
    }

    private void strange(String what) {
        if (strange.isDue()) {
            log.warn("peer store {}: dropped {} ({} such so far)", cluster, what, strange.count());
        }
    }

    private void trouble(String what) {
        if (trouble.isDue()) {
            log.warn("peer store {}: {} ({} such so far)", cluster, what, trouble.count());
        } else {
            log.debug("peer store {}: {}", cluster, what);
        }
    }

    private void refused(String who) {
        lastRefused = who;
        if (refused.isDue()) {
            log.warn("peer store {}: {} ({} such so far)", cluster, who, refused.count());
        }
    }

    /** Why the last one was refused with which this member does not belong together; empty if there was none. */
    String lastRefused() {
        return lastRefused;
    }

    @Override
    public void send(Member to, byte[] message) {
        Together together = TOGETHER.get();
        if (together != null && together.group() == this) {
            together.messages().computeIfAbsent(to, m -> new ArrayList<>()).add(message);
        } else {
            sendPacket(to, List.of(message));
        }
    }

    @Override
    public void together(Runnable work) {
        if (TOGETHER.get() != null) {
            work.run();
            return;
        }
        Together together = new Together(this, new HashMap<>());
        TOGETHER.set(together);
        try {
            work.run();
        } finally {
            TOGETHER.remove();
            together.messages().forEach(this::sendInPackets);
        }
    }

    private void sendInPackets(Member to, List<byte[]> messages) {
        int from = 0;
        int size = 0;
        for (int i = 0; i < messages.size(); i++) {
            int length = messages.get(i).length;
            if (size > 0 && size + length > PACKET) {
                sendPacket(to, messages.subList(from, i));
                from = i;
                size = 0;
            }
            size += length;
        }
        sendPacket(to, messages.subList(from, messages.size()));
    }

    /** Over a link, or if there is none, over JGroups; to nobody if it is no member any more: who waits for its answer is told by the view. */
    private void sendPacket(Member to, List<byte[]> messages) {
        int size = 0;
        for (byte[] message : messages) {
            size += message.length + 5;
        }
        WireWriter out = new WireWriter(size);
        messages.forEach(out::block);
        Links byLink = links;
        if (byLink != null && byLink.send(uuid(to), out.toByteArray())) {
            return;
        }
        Address address = addresses.get(to);
        JChannel open = channel;
        if (address != null && open != null) {
            WireWriter packet = new WireWriter(1 + out.size());
            packet.oneByte(FORMAT);
            packet.raw(out.toByteArray());
            sendOverJGroups(open, address, packet.toByteArray());
        }
    }

    private void sendOverJGroups(JChannel through, Address to, byte[] bytes) {
        BytesMessage packet = new BytesMessage(to, bytes);
        packet.setFlag(Message.Flag.OOB, Message.Flag.NO_FC);
        try {
            through.send(packet);
            // With the addresses and headers that JGroups has put on by now.
            bytesSent.add(packet.size());
            packetsSent.increment();
        } catch (Exception e) {
            log.debug("peer store {}: could not send to {}", cluster, to, e);
        }
    }

    @Override
    public void doubt(Member member) {
        Links open = links;
        if (open != null) {
            open.doubt(uuid(member));
        }
    }

    /** How many other members are sent to without JGroups. */
    int openLinks() {
        Links open = links;
        return open == null ? 0 : open.open();
    }

    /** How many packets of ours this member has sent. */
    long packetsSent() {
        Links open = links;
        return packetsSent.sum() + (open == null ? 0 : open.packetsSent());
    }

    /** Their bytes, JGroups' headers included. */
    long bytesSent() {
        Links open = links;
        return bytesSent.sum() + (open == null ? 0 : open.bytesSent());
    }

    /** Of all that this member has sent, JGroups' own messages and what seals them included. */
    long bytesOnTheWire() {
        SealedPackets sealed = packets;
        Links links = this.links;
        return (sealed == null ? 0 : sealed.bytesSent()) + (links == null ? 0 : links.bytesSent());
    }

    /** How often this member was told of other members than before, itself alone included. */
    long views() {
        return views.sum();
    }

    /** How many of these put parts together that had gone on without each other. */
    long merges() {
        return merges.sum();
    }

    /** For tests: ends all connections without taking leave. */
    void cut() {
        JChannel open = channel;
        if (open != null) {
            listener = null;
            // First, or it would still answer when it is asked why its links have ended.
            open.stack().getTransport().stop();
            closeLinks();
        }
    }

    /** Leaves the cluster and ends all threads of the channel. */
    void close() {
        JChannel open = channel;
        if (open != null) {
            open.close();
        }
        closeLinks();
    }
}
