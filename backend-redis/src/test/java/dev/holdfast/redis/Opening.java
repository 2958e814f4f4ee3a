package dev.holdfast.redis;

import dev.holdfast.redis.server.Servers;
import java.util.Map;

final class Opening {
    static Servers servers(Map<String, String> settings) {
        String uri = settings.get("store");
        return new DirectServers(Integer.parseInt(uri.substring(uri.lastIndexOf(':') + 1)));
    }
}
