package dev.holdfast.peer;

/** Every member is a home of every session. */
class TwoPeersContractIT extends PeersContract {

    @Override
    PeerFixture peers() {
        return new PeerFixture(0, "2");
    }
}
