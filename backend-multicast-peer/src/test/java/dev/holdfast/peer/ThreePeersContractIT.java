package dev.holdfast.peer;

/** Some sessions have no home at their caller. */
class ThreePeersContractIT extends PeersContract {

    @Override
    PeerFixture peers() {
        return new PeerFixture(1, "2");
    }
}
