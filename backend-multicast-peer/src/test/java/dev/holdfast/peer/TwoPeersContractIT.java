package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Transport;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every member is a home of every session. In whole runs also with UDP, which three members always have in {@link AllHomesContractIT}. */
@ParameterizedClass
@MethodSource("transports")
class TwoPeersContractIT extends PeersContract {

    @Parameter
    Transport transport;

    static Stream<Transport> transports() {
        return System.getProperty("holdfast.suite", "").equals("all")
                ? Stream.of(Transport.values())
                : Stream.of(Transport.TCP);
    }

    @Override
    PeerFixture peers() {
        return new PeerFixture(0, "2", transport);
    }
}
