package dev.holdfast.peer;

import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.MPING;

/** Finds members by multicast. */
final class GroupPing extends MPING {

    GroupPing() {
        // Its headers are MPING's.
        setId(ClassConfigurator.getProtocolId(MPING.class));
    }
}
