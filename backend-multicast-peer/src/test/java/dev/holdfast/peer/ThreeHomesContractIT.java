package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Transport;

/** An owner and two backups, of four members. */
class ThreeHomesContractIT extends PeersContract {

    @Override
    PeerFixture peers() {
        return new PeerFixture(2, "3", Transport.TCP);
    }
}
