package dev.holdfast.demo.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.cluster.OwnBalancer;
import dev.holdfast.demo.launcher.cluster.OwnStore;
import dev.holdfast.demo.launcher.command.DemoOptions.OptionException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoOptionsTest {
    @Test
    void withoutOptionsItIsTwoTomcatsAndAJetty() {
        DemoOptions options = parse();

        assertThat(options.containers()).containsExactly(Container.TOMCAT10, Container.TOMCAT11, Container.JETTY_EE10);
        assertThat(options.store()).isNull();
        assertThat(options.selfTest()).isFalse();
        assertThat(options.withFilter()).isTrue();
        assertThat(options.kill()).isTrue();
    }

    @Test
    void valuesComeAsTheNextArgumentOrAfterAnEqualsSign() {
        assertThat(parse("--port", "8081").port()).isEqualTo(8081);
        assertThat(parse("--port=8081").port()).isEqualTo(8081);
        assertThat(parse("--store=redis://h:1/?a=b").store()).isEqualTo("redis://h:1/?a=b");
    }

    @Test
    void aStoreWithoutAnAddressIsOneOfTheDemosOwn() {
        assertThat(parse("--store", "redis").ownStore()).isEqualTo(OwnStore.REDIS);
        assertThat(parse("--store", "memcached").ownStore()).isEqualTo(OwnStore.MEMCACHED);
        assertThat(parse("--store", "redis", "--no-filter").ownStore()).isNull();
        assertThat(parse("--store", "redis://localhost").ownStore()).isNull();
        assertThat(parse("--store", "memcached://localhost").ownStore()).isNull();
        assertThat(parse().ownStore()).isNull();
    }

    @Test
    void behindARealBalancerItIsTwoTomcats() {
        assertThat(parse("--lb", "nginx").ownBalancer()).isEqualTo(OwnBalancer.NGINX);
        assertThat(parse("--lb", "haproxy").containers()).containsExactly(Container.TOMCAT10, Container.TOMCAT11);
        assertThat(parse("--lb", "nginx", "--nodes", "jetty-ee11").containers()).containsExactly(Container.JETTY_EE11);
        assertThat(parse().ownBalancer()).isNull();
    }

    @Test
    void theStoreThatIsTheDefaultHasANameToo() {
        assertThat(parse("--store", "peer").store()).isNull();
    }

    @Test
    void wrongValuesAreNamedWithWhatIsRight() {
        refused("--lb=apache", "--lb apache is none of nginx, haproxy");
        refused("--serializer=xml", "--serializer xml is none of jdk, fory, kryo, protostuff");
        refused("--port", "--port needs a value");
        refused("--port=70000", "--port 70000 is not a number from 0 to 65535");
        refused("--port=x", "--port x is not a number");
        refused("--store=nowhere", "--store nowhere is not a store's URI");
        refused("--nodes=tomcat9", "tomcat9");
        refused("--nodes=", "there are: tomcat10");
        refused("--clicks=0", "--clicks 0 is not a number from 10");
        refused("--sefltest", "unknown option --sefltest");
        refused("extra", "unknown option extra");
    }

    private static DemoOptions parse(String... arguments) {
        return DemoOptions.parse(List.of(arguments));
    }

    private static void refused(String argument, String message) {
        assertThatThrownBy(() -> parse(argument))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining(message);
    }
}
