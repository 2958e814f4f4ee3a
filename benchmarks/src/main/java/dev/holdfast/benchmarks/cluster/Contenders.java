package dev.holdfast.benchmarks.cluster;

import dev.holdfast.benchmarks.stores.StoreServers;
import dev.holdfast.spi.servers.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is compared. */
final class Contenders {

    static final String ALONE = "Tomcat alone";
    static final String TWO_ALONE = "two Tomcats alone";

    static final String TOMCAT_9_ALONE = "Tomcat 9 alone";

    private static final String NODE = "dev.holdfast.benchmarks.node.";
    private static final String UNREPLICATED = NODE + "BenchNode$Unreplicated";
    private static final String FILTER = NODE + "FilterSessions";
    private static final String MANAGER = NODE + "ManagerSessions";
    private static final String TRIBES = NODE + "TribesSessions";

    private final StoreServers stores;
    private final List<Contender> all = new ArrayList<>();
    private int applications;

    private Contenders(StoreServers stores) {
        this.stores = stores;
    }

    /** The ceilings, and Holdfast in its modes over its stores. */
    static List<Contender> ofHoldfast(StoreServers stores) {
        Contenders contenders = new Contenders(stores);
        contenders.all.add(Contender.one(ALONE, UNREPLICATED));
        contenders.addHoldfast();
        return contenders.all;
    }

    /**
     * What others would take.
     *
     * @param directory for configuration
     */
    static List<Contender> ofRivals(StoreServers stores, Path directory) throws IOException {
        Contenders contenders = new Contenders(stores);
        contenders.addTribes();
        contenders.addRedisson(directory);
        contenders.addSpringSession();
        contenders.addMsm();
        return contenders.all;
    }

    private List<String> holdfast(String... settings) {
        List<String> arguments = new ArrayList<>(
                List.of(FILTER, "dev.holdfast.filter.SessionFilter", "application=bench" + applications));
        arguments.addAll(List.of(settings));
        return arguments;
    }

    private void one(String name, String... settings) {
        applications++;
        all.add(Contender.one(name, holdfast(settings).toArray(String[]::new)));
    }

    private void addHoldfast() {
        String redis = "store=" + stores.redis();
        String memcached = "store=memcached://" + stores.memcached();
        String zones = "memcached.zones=n1=left,n2=right";
        one("Holdfast, `local`", "store=local");
        one("Holdfast sticky, Redis", redis, "mode=sticky", "route=n1");
        one("Holdfast sticky, Redis, `write=async`", redis, "mode=sticky", "write=async", "route=n1");
        one("Holdfast sticky, memcached", memcached, zones, "mode=sticky", "route=n1");
        one("Holdfast, Redis", redis);
        one("Holdfast, memcached", memcached, zones);
        one("Holdfast, memcached, `memcached.read=primary`", memcached, zones, "memcached.read=primary");

        all.add(new Contender(TWO_ALONE, false, "", List.of(List.of(UNREPLICATED), List.of(UNREPLICATED))));
        applications++;
        all.add(Contender.two("Holdfast, Redis, nodes in turn", holdfast(redis), holdfast(redis)));
        applications++;
        int first = Ports.free(false);
        int second = Ports.free(false);
        String list = "store=peer://127.0.0.1:" + first + ",127.0.0.1:" + second;
        all.add(Contender.two(
                "Holdfast, peers, nodes in turn",
                holdfast(list, "peer.bind=127.0.0.1", "peer.port=" + first),
                holdfast(list, "peer.bind=127.0.0.1", "peer.port=" + second)));
    }

    private void addTribes() {
        for (String manager : List.of("delta", "backup")) {
            List<String> node = List.of(TRIBES, manager, String.valueOf(Ports.free(false)));
            all.add(Contender.two(
                            (manager.equals("delta") ? "DeltaManager" : "BackupManager")
                                    + ", synchronous, nodes in turn",
                            node,
                            node)
                    .withJarsOf("tomcat-cluster"));
        }
    }

    private void addRedisson(Path directory) throws IOException {
        Path configuration = directory.resolve("redisson.yaml");
        Files.writeString(configuration, "singleServerConfig:\n  address: \"" + stores.redis() + "\"\n");
        String config = "configPath=" + configuration;
        String manager = "org.redisson.tomcat.RedissonSessionManager";
        all.add(Contender.one("Redisson, MEMORY + DEFAULT", MANAGER, manager, config, "keyPrefix=r1")
                .withJarsOf("redisson"));
        all.add(Contender.one(
                        "Redisson, REDIS + AFTER_REQUEST",
                        MANAGER,
                        manager,
                        config,
                        "keyPrefix=r2",
                        "readMode=REDIS",
                        "updateMode=AFTER_REQUEST")
                .withJarsOf("redisson"));
    }

    private void addSpringSession() {
        all.add(Contender.one(
                        "Spring Session, Redis",
                        FILTER,
                        "dev.holdfast.benchmarks.rivals.RedisSessionFilter",
                        "port=" + stores.redisPort())
                .withJarsOf("spring-session"));
    }

    private void addMsm() {
        String manager = "de.javakaffee.web.msm.MemcachedBackupSessionManager";
        String nodes = "memcachedNodes=" + stores.memcached();
        String kryo = "transcoderFactoryClass=de.javakaffee.web.msm.serializer.kryo.KryoTranscoderFactory";
        all.add(Contender.one(TOMCAT_9_ALONE, UNREPLICATED).withJarsOf("msm"));
        all.add(Contender.one("MSM sticky, memcached, Kryo", MANAGER, manager, nodes, kryo, "sessionBackupAsync=false")
                .withJarsOf("msm"));
        all.add(Contender.one(
                        "MSM, memcached, Kryo",
                        MANAGER,
                        manager,
                        nodes,
                        kryo,
                        "sticky=false",
                        "lockingMode=none",
                        "sessionBackupAsync=false")
                .withJarsOf("msm"));
    }
}
