package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Transport;

/** Three members, and each keeps everything; JGroups speaks UDP. */
class AllHomesContractIT extends PeersContract {

    @Override
    PeerFixture peers() {
        return new PeerFixture(1, "all", Transport.UDP);
    }
}
