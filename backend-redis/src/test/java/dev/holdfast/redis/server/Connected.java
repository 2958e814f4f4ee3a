package dev.holdfast.redis.server;

import dev.holdfast.spi.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What the tests of this package say to servers, in short. */
final class Connected {

    static final Script APPEND = new Script("append", "return redis.call('APPEND', KEYS[1], ARGV[1])");
    static final Script ECHO = new Script("echo", "return ARGV[1]");

    private Connected() {}

    static RedisSettings settings(String store, String... namesAndValues) {
        Map<String, String> given = new HashMap<>();
        given.put("store", store);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            given.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        Settings settings = new Settings(given, new Properties(), Map.of());
        RedisSettings read = RedisSettings.from(settings.required("store"), settings);
        settings.check("test");
        return read;
    }

    static RedisServers open(String store, String... namesAndValues) {
        return Start.open(settings(store, namesAndValues));
    }

    static long in(Duration time) {
        return System.nanoTime() + time.toNanos();
    }

    static @Nullable Object send(Servers servers, Command command) {
        return send(servers, command, Duration.ofSeconds(2));
    }

    static @Nullable Object send(Servers servers, Command command, Duration time) {
        Object answer = servers.send(List.of(command), in(time)).get(0);
        return answer instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : answer;
    }

    static Command get(String key) {
        return command(false, null, "GET", key);
    }

    static Command set(String key, String value) {
        return command(true, null, "SET", key, value);
    }

    static Command command(boolean writes, @Nullable Command repeat, String name, String key, String... more) {
        return new Command(slot(key), name, null, 1, bytes(key, more), writes, repeat);
    }

    static Command script(Script script, boolean writes, @Nullable Command repeat, String key, String... more) {
        return new Command(slot(key), script.name(), script, 1, bytes(key, more), writes, repeat);
    }

    static int slot(String key) {
        return redis.clients.jedis.util.JedisClusterCRC16.getSlot(key);
    }

    private static List<byte[]> bytes(String key, String... more) {
        List<byte[]> bytes = new ArrayList<>();
        bytes.add(key.getBytes(StandardCharsets.UTF_8));
        for (String each : more) {
            bytes.add(each.getBytes(StandardCharsets.UTF_8));
        }
        return bytes;
    }
}
