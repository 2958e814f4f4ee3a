package dev.holdfast.memcached;

/** On one node: no backup. */
class OneNodeContractTest extends FakeNodesContract {
    @Override
    FakeNodesFixture fixture() {
        return new FakeNodesFixture(1, 1);
    }
}
