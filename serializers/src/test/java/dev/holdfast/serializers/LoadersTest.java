package dev.holdfast.serializers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.codec.EnvelopeCodec;
import dev.holdfast.spi.Serializer;
import dev.holdfast.spi.SerializerProvider;
import java.io.File;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose classes are found, and that none is held after its application has gone. */
class LoadersTest {

    private static final String CART = "public class Cart implements Serializable {"
            + " private static final long serialVersionUID = 1; int n = 7; List<Object> l = new ArrayList<>(List.of(1)); }";

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "fory", "kryo", "protostuff"})
    void classesAreThoseOfTheGivenLoaderOnAnyThread(String chosen) throws Exception {
        try (Compiled before = Compiled.of(CART);
                Compiled after = Compiled.of(CART)) {
            Thread self = Thread.currentThread();
            ClassLoader context = self.getContextClassLoader();
            try {
                for (ClassLoader each : new ClassLoader[] {context, null, ClassLoader.getPlatformClassLoader()}) {
                    self.setContextClassLoader(each);
                    Object cart = before.loadClass("shop.Cart").getConstructor().newInstance();
                    byte[] bytes = Deployments.codec(chosen, before).encode("a", cart);
                    EnvelopeCodec codec = Deployments.codec(chosen, after);
                    assertThat(codec.decode(bytes).getClass().getClassLoader()).isSameAs(after);
                    assertThat(bytes).containsSequence(chosen.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                }
            } finally {
                self.setContextClassLoader(context);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "kryo", "protostuff"})
    void anApplicationThatHasGoneIsForgotten(String chosen) throws Exception {
        assertAreForgotten(List.of(loaderOfClassesThatWereUsed(chosen)), 0);
    }

    /** Shared by applications, Fory's sweeper holds the last that it swept away until there is another. */
    @Test
    void aSharedForyHoldsAtMostOneApplicationThatHasGone() throws Exception {
        List<WeakReference<ClassLoader>> gone = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            gone.add(loaderOfClassesThatWereUsed("fory"));
        }
        assertAreForgotten(gone, 1);
    }

    private static WeakReference<ClassLoader> loaderOfClassesThatWereUsed(String chosen) throws Exception {
        try (Compiled application = Compiled.of(CART)) {
            Object cart = application.loadClass("shop.Cart").getConstructor().newInstance();
            EnvelopeCodec codec = Deployments.codec(chosen, application);
            codec.decode(codec.encode("a", cart));
            return new WeakReference<>(application);
        }
    }

    /**
     * As in a WAR that has the filter, the serializers and their libraries in WEB-INF/lib: all of it goes, also the thread
     * that Fory starts.
     */
    @ParameterizedTest
    @ValueSource(strings = {"jdk", "fory", "kryo", "protostuff"})
    void librariesOfAnApplicationThatHasGoneAreForgotten(String chosen) throws Exception {
        assertAreForgotten(List.of(loaderOfAllThatWasUsed(chosen)), 0);
    }

    private static WeakReference<ClassLoader> loaderOfAllThatWasUsed(String chosen) throws Exception {
        Thread self = Thread.currentThread();
        ClassLoader context = self.getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            self.setContextClassLoader(application); // as containers do
            application
                    .loadClass(Use.class.getName())
                    .getMethod("of", String.class)
                    .invoke(null, chosen);
            return new WeakReference<>(application);
        } finally {
            self.setContextClassLoader(context);
        }
    }

    /** What an application does with a serializer, in this very thread, which outlives it. */
    public static final class Use {

        public static void of(String chosen) throws Exception {
            EnvelopeCodec codec = Deployments.codec(chosen, Use.class.getClassLoader());
            for (Object value : List.of(Values.Cart.of(2), new Values.Node("n"), Values.Bodied.LOUD.getClass())) {
                codec.decode(codec.encode("a", value));
            }
            codec.close();
        }
    }

    private static URL[] classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return urls(path.split(File.pathSeparator));
    }

    private static URL[] urls(String... paths) {
        return Arrays.stream(paths)
                .map(each -> {
                    try {
                        return new File(each).toURI().toURL();
                    } catch (MalformedURLException e) {
                        throw new AssertionError(e);
                    }
                })
                .toArray(URL[]::new);
    }

    /**
     * Waits for the collector, which comes when it is asked to, but not at once. Java serialization is used meanwhile, as in a server that
     * goes on: what its caches have lost is only let go when they are used.
     */
    private static void assertAreForgotten(List<WeakReference<ClassLoader>> loaders, int butFor) throws Exception {
        ReferenceQueue<Object> never = new ReferenceQueue<>();
        Serializer jdk = AllSerializers.named("jdk");
        for (int i = 0; i < 200 && held(loaders) > butFor; i++) {
            System.gc();
            AllSerializers.read(jdk, AllSerializers.write(jdk, i), null);
            never.remove(50);
        }
        assertThat(held(loaders)).isLessThanOrEqualTo(butFor);
    }

    private static long held(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(each -> each.get() != null).count();
    }

    @Test
    void aMissingLibraryIsNamedByItsArtifact() throws Exception {
        URL[] without = Arrays.stream(classPath())
                .filter(url -> !url.getPath().matches(".*/(fory|kryo|protostuff)[^/]*\\.jar"))
                .toArray(URL[]::new);
        try (URLClassLoader application = new URLClassLoader(without, ClassLoader.getPlatformClassLoader())) {
            Class<?> spi = application.loadClass(SerializerProvider.class.getName());
            java.lang.reflect.Method name = spi.getMethod("name");
            java.lang.reflect.Method missing = spi.getMethod("missing");
            java.util.Map<Object, Object> answers = new java.util.TreeMap<>();
            for (Object provider : ServiceLoader.load(spi, application)) {
                answers.put(name.invoke(provider), missing.invoke(provider).toString());
            }
            assertThat(answers)
                    .containsEntry("fory", "Optional[org.apache.fory:fory-core]")
                    .containsEntry("kryo", "Optional[com.esotericsoftware:kryo]")
                    .containsEntry("protostuff", "Optional[io.protostuff:protostuff-core]")
                    .containsEntry("jdk", "Optional.empty");
        }
        for (SerializerProvider provider : ServiceLoader.load(SerializerProvider.class)) {
            assertThat(provider.missing()).as(provider.name()).isEmpty();
        }
    }
}
