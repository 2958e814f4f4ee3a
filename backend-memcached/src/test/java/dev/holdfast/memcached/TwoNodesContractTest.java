package dev.holdfast.memcached;

/** On two nodes, both homes of every session. */
class TwoNodesContractTest extends FakeNodesContract {
    @Override
    FakeNodesFixture fixture() {
        return new FakeNodesFixture(2, 2);
    }
}
