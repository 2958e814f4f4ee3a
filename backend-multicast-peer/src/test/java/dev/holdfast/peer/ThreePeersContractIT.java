package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Transport;

/** Some sessions have no home at their caller. */
class ThreePeersContractIT extends PeersContract {

    @Override
    PeerFixture peers() {
        return new PeerFixture(1, "2", Transport.TCP);
    }
}
