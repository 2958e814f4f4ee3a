package dev.holdfast.benchmarks.stores;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.command.BinaryCommandFactory;
import net.rubyeye.xmemcached.utils.AddrUtil;

/** xmemcached as it comes, which waits for one server's answer before it asks the next one. */
final class BareMemcached implements StoreWork {

    private static final int EXPIRY_SECONDS = 3600;

    /** What an item has besides names and values: so many bytes more for each attribute, so many for all. */
    private static final int FOR_EACH = 4;

    private static final int FOR_ALL = 48;

    private final List<MemcachedClient> servers = new ArrayList<>();

    /** @param addresses {@code name:host:port,name:host:port} */
    BareMemcached(String addresses) throws Exception {
        for (String each : addresses.split(",")) {
            String address = each.substring(each.indexOf(':') + 1);
            XMemcachedClientBuilder builder = new XMemcachedClientBuilder(AddrUtil.getAddresses(address));
            builder.setCommandFactory(new BinaryCommandFactory());
            servers.add(builder.build());
        }
    }

    @Override
    public User user(Random random, int kilobytes) throws Exception {
        byte[] item = Sessions.bytes(random, kilobytes * 1000 + ATTRIBUTES * (5 + FOR_EACH) + FOR_ALL);
        String key = newKey(random);
        create(key, item);
        return operation -> {
            switch (operation) {
                case UNCHANGED, LOAD -> {
                    List<Object> found = new ArrayList<>();
                    for (MemcachedClient server : servers) {
                        found.add(server.gets(key).getValue());
                    }
                    return found;
                }
                case SAVE -> {
                    for (MemcachedClient server : servers) {
                        server.set(key, EXPIRY_SECONDS, item);
                    }
                }
                case CREATE -> create(newKey(random), item);
            }
            return item;
        };
    }

    private void create(String key, byte[] item) throws Exception {
        for (MemcachedClient server : servers) {
            if (!server.add(key, EXPIRY_SECONDS, item)) {
                throw new IllegalStateException("not added");
            }
        }
    }

    private static String newKey(Random random) {
        return "hf:bench:" + Sessions.key(random).opaque();
    }

    @Override
    public void close() throws Exception {
        for (MemcachedClient server : servers) {
            server.shutdown();
        }
    }
}
