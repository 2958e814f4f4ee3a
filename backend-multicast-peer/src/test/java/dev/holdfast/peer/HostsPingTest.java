package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.peer.PeerSettings.Endpoint;
import java.net.InetAddress;
import java.util.List;
import org.jgroups.stack.IpAddress;
import org.junit.jupiter.api.Test;

class HostsPingTest {

    @Test
    void aNameThatNobodyKnowsHidesNoOther() throws Exception {
        assertThat(HostsPing.lookedUp(
                        List.of(new Endpoint("no-such-host.invalid", 7800), new Endpoint("127.0.0.1", 7801))))
                .containsExactly(new IpAddress(InetAddress.getByName("127.0.0.1"), 7801));
    }
}
