package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCPPING;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.Responses;

/**
 * Finds members by names. JGroups' own looks names up once, when it is made: a machine that is not in the DNS by then, or that
 * comes back under another address, would never be found. Here they are looked up whenever members are looked for, which is at
 * the start and then every one to three seconds; Java's own cache of names keeps that cheap.
 */
final class HostsPing extends TCPPING {

    private final List<Endpoint> endpoints;

    /** @param endpoints each stands for all addresses of its name */
    HostsPing(List<Endpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
        // Its headers are TCPPING's.
        setId(ClassConfigurator.getProtocolId(TCPPING.class));
        setPortRange(0);
        initial_hosts = Set.of();
        initial_hosts_set_programmatically = true;
    }

    @Override
    public void findMembers(List<Address> members, boolean initialDiscovery, Responses responses) {
        initial_hosts = lookedUp(endpoints);
        super.findMembers(members, initialDiscovery, responses);
    }

    /** Of names that nobody knows now, none. */
    static Set<PhysicalAddress> lookedUp(List<Endpoint> endpoints) {
        Set<PhysicalAddress> addresses = new LinkedHashSet<>();
        for (Endpoint endpoint : endpoints) {
            try {
                Arrays.stream(InetAddress.getAllByName(endpoint.host()))
                        .forEach(address -> addresses.add(new IpAddress(address, endpoint.port())));
            } catch (UnknownHostException notYet) {
                // Said when the member has joined: see Group.missing.
            }
        }
        return addresses;
    }
}
