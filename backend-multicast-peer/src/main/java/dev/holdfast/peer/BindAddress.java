package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Discovery;
import dev.holdfast.peer.PeerSettings.Endpoint;
import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.spi.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where this member listens. Never all interfaces: whoever reaches the port is believed.
 *
 * <p>Without {@code peer.bind}: with a list of hosts, the entry that is this machine; with multicast, the address from which
 * the operating system would send to the group, or loopback if it has no route there; with DNS, the address that the name has
 * on this machine, else the one from which the operating system would send to the others.
 *
 * @param address of an interface of this machine
 * @param ports to try in this order; 0 is any free one
 */
record BindAddress(InetAddress address, List<Integer> ports) {

    static BindAddress choose(PeerSettings settings) {
        try {
            if (settings.discovery() instanceof Discovery.Hosts hosts) {
                return fromList(settings, hosts);
            }
            if (settings.discovery() instanceof Discovery.Dns dns) {
                InetAddress address =
                        settings.bind().isPresent() ? named(settings.bind().get()) : ofName(dns.name());
                int port = settings.port() == 0 ? dns.name().port() : settings.port();
                return new BindAddress(address, List.of(port));
            }
            Discovery.Multicast multicast = (Discovery.Multicast) settings.discovery();
            InetAddress address = settings.bind().isPresent()
                    ? named(settings.bind().get())
                    : towards(new InetSocketAddress(multicast.group(), multicast.port()));
            return new BindAddress(address, List.of(settings.port()));
        } catch (IOException e) {
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, "peer store: no address to listen on: " + e.getMessage(), e);
        }
    }

    private static BindAddress fromList(PeerSettings settings, Discovery.Hosts hosts) throws IOException {
        InetAddress bound = settings.bind().isPresent() ? named(settings.bind().get()) : null;
        List<Integer> ports = new ArrayList<>();
        InetAddress address = bound;
        for (Endpoint endpoint : hosts.endpoints()) {
            InetAddress candidate = addressOrNull(endpoint.host());
            if (candidate != null && isMine(candidate) && (address == null || address.equals(candidate))) {
                address = candidate;
                ports.add(endpoint.port());
            }
        }
        if (address == null) {
            throw new IOException("none of " + hosts.endpoints()
                    + " is an address of this machine; correct the list, or set peer.bind and peer.port");
        }
        if (settings.port() != 0) {
            return new BindAddress(address, List.of(settings.port()));
        }
        if (ports.isEmpty()) {
            throw new IOException("peer.bind is " + settings.bind().orElse("") + ", and none of " + hosts.endpoints()
                    + " has that address; correct the list, or set peer.port");
        }
        return new BindAddress(address, free(settings.transport(), address, ports));
    }

    /** Those that nobody listens on now, as several members may run on this machine; all if that is none. */
    private static List<Integer> free(Transport transport, InetAddress address, List<Integer> ports) {
        List<Integer> free = new ArrayList<>();
        for (int port : ports) {
            try {
                bind(transport, new InetSocketAddress(address, port));
                free.add(port);
            } catch (IOException taken) {
                // Another member's; the next one is tried.
            }
        }
        return free.isEmpty() ? ports : free;
    }

    private static void bind(Transport transport, InetSocketAddress address) throws IOException {
        if (transport == Transport.UDP) {
            new DatagramSocket(address).close();
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        }
    }

    private static InetAddress named(String bind) throws IOException {
        NetworkInterface nic = NetworkInterface.getByName(bind);
        if (nic != null) {
            return Collections.list(nic.getInetAddresses()).stream()
                    .filter(a -> a.getAddress().length == 4)
                    .findFirst()
                    .orElseThrow(() -> new IOException("peer.bind: interface " + bind + " has no IPv4 address"));
        }
        InetAddress address = addressOrNull(bind);
        if (address == null) {
            throw new IOException("peer.bind is neither a network interface nor a known address: " + bind);
        }
        if (!isMine(address)) {
            throw new IOException("peer.bind is no address of this machine: " + bind);
        }
        return address;
    }

    /** A name that does not know this machine yet, as that of a Kubernetes service while the pod is not ready, knows others. */
    private static InetAddress ofName(Endpoint name) throws IOException {
        InetAddress[] all;
        try {
            all = InetAddress.getAllByName(name.host());
        } catch (UnknownHostException e) {
            all = new InetAddress[0];
        }
        for (InetAddress address : all) {
            if (isMine(address)) {
                return address;
            }
        }
        if (all.length > 0) {
            return towards(new InetSocketAddress(all[0], name.port()));
        }
        List<InetAddress> mine = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address.getAddress().length == 4 && !address.isLoopbackAddress())
                .toList();
        if (mine.size() == 1) {
            return mine.get(0);
        }
        throw new IOException("the name " + name.host() + " is not known yet, and this machine has " + mine.size()
                + " addresses; set peer.bind");
    }

    private static InetAddress towards(InetSocketAddress other) throws SocketException {
        try (DatagramSocket socket = new DatagramSocket()) {
            // Sends nothing: only asks for the route.
            socket.connect(other);
            InetAddress local = socket.getLocalAddress();
            return local.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : local;
        } catch (SocketException | UncheckedIOException noRoute) {
            return InetAddress.getLoopbackAddress();
        }
    }

    private static @Nullable InetAddress addressOrNull(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static boolean isMine(InetAddress address) throws SocketException {
        return !address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) != null;
    }
}
