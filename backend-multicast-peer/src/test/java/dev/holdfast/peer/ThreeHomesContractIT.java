package dev.holdfast.peer;

/** An owner and two backups, of four members. */
class ThreeHomesContractIT extends PeersContract {

    @Override
    PeerFixture peers() {
        return new PeerFixture(2, "3");
    }
}
