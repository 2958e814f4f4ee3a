package dev.holdfast.memcached;

/** On three nodes, of which two are homes of a session. */
class ThreeNodesContractTest extends FakeNodesContract {
    @Override
    FakeNodesFixture fixture() {
        return new FakeNodesFixture(3, 2);
    }
}
