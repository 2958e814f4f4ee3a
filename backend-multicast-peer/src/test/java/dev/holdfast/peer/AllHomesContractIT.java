package dev.holdfast.peer;

/** Three members, and each keeps everything. */
class AllHomesContractIT extends PeersContract {

    @Override
    PeerFixture peers() {
        return new PeerFixture(1, "all");
    }
}
