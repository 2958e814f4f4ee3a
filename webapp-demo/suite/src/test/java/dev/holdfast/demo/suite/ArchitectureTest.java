package dev.holdfast.demo.suite;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.holdfast.spi.SessionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who may import whom, of all modules' main classes. They are read from the modules' output directories, not from the class
 * path: the containers' classes of the launcher cannot all be on one.
 */
class ArchitectureTest {

    private static final String[] CONTAINERS = {
        "org.apache.catalina..",
        "org.apache.coyote..",
        "org.apache.tomcat..",
        "org.apache.jasper..",
        "org.eclipse.jetty.."
    };
    private static final String[] BACKENDS = {"dev.holdfast.peer..", "dev.holdfast.redis..", "dev.holdfast.memcached.."
    };

    private static JavaClasses all;

    @BeforeAll
    static void readEveryModule() throws IOException {
        List<Path> outputs = outputsOfAllModules();
        assertThat(outputs)
                .hasSizeGreaterThanOrEqualTo(7)
                .allSatisfy(output ->
                        assertThat(output).as("built before this test").isDirectory());
        all = new ClassFileImporter().importPaths(outputs);
        assertThat(all.contain("dev.holdfast.filter.session.Sessions")).isTrue();
        assertThat(all.contain("dev.holdfast.redis.RedisStoreProvider")).isTrue();
        assertThat(all.contain("dev.holdfast.demo.app.Cart")).isTrue();
    }

    private static List<Path> outputsOfAllModules() throws IOException {
        Path root = Path.of("..", "..").toRealPath();
        try (Stream<Path> found = Files.find(
                root, 5, (path, attributes) -> path.endsWith(Path.of("src", "main", "java")) && hasClasses(path))) {
            return found.filter(sources -> !sources.startsWith(root.resolve("benchmarks"))) // may import everything
                    .map(sources -> sources.resolve(Path.of("..", "..", "..", "target", "classes"))
                            .normalize())
                    .toList();
        }
    }

    private static boolean hasClasses(Path sources) {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.anyMatch(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theSpiImportsOnlyTheJdk() {
        classes()
                .that()
                .resideInAPackage("dev.holdfast.spi..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..", "dev.holdfast.spi.."))
                .because("a backend that a stranger writes must bring nothing along")
                .check(all);
    }

    @Test
    void servletTypesAreKnownOnlyToTheFilterAndTheDemo() {
        noClasses()
                .that(not(resideInAnyPackage("dev.holdfast.filter..", "dev.holdfast.demo..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("jakarta.servlet.."))
                .check(all);
    }

    @Test
    void aClientLibraryIsKnownOnlyToItsBackend() {
        noClasses()
                .that(not(resideInAnyPackage("dev.holdfast.peer..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.jgroups.."))
                .check(all);
        noClasses()
                .that(not(resideInAnyPackage("dev.holdfast.redis..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("redis.clients.."))
                .check(all);
        noClasses()
                .that(not(resideInAnyPackage("dev.holdfast.memcached..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("net.rubyeye.."))
                .check(all);
    }

    @Test
    void aSerializersLibraryIsKnownOnlyToTheSerializers() {
        noClasses()
                .that(not(resideInAnyPackage("dev.holdfast.serializers..")))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("com.esotericsoftware..", "io.protostuff..", "org.apache.fory.."))
                .check(all);
        noClasses()
                .that(resideInAnyPackage("dev.holdfast.serializers.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.holdfast.filter.."))
                .check(all);
    }

    @Test
    void backendsKnowTheSpiAndNothingElseOfOurs() {
        noClasses()
                .that(resideInAnyPackage(BACKENDS))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.holdfast.filter..", "dev.holdfast.demo.."))
                .check(all);
        slices().matching("dev.holdfast.(peer|redis|memcached)..")
                .should()
                .notDependOnEachOther()
                .check(all);
        noClasses()
                .that(resideInAnyPackage("dev.holdfast.filter.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(BACKENDS))
                .because("backends are found by ServiceLoader")
                .check(all);
    }

    @Test
    void noContainersClassIsNamedOutsideTheDemo() {
        noClasses()
                .that(not(resideInAnyPackage("dev.holdfast.demo..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage(CONTAINERS))
                .because("containers hide their classes from web applications, and there are four of them")
                .check(all);
    }

    @Test
    void theApplicationOfTheDemoKnowsNothingOfHoldfast() {
        noClasses()
                .that()
                .resideInAPackage("dev.holdfast.demo.app..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.holdfast.filter..", "dev.holdfast.spi.."))
                .orShould()
                .dependOnClassesThat(resideInAnyPackage(BACKENDS))
                .check(all);
    }

    @Test
    void onlyLiveSessionsTalkToTheStore() {
        noClasses()
                .that(resideInAnyPackage("dev.holdfast.filter.."))
                .and(not(resideInAnyPackage(
                        "dev.holdfast.filter",
                        "dev.holdfast.filter.session",
                        "dev.holdfast.filter.secret",
                        "dev.holdfast.filter.store",
                        "dev.holdfast.filter.metrics")))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(SessionStore.class)
                .because("a store call in a wrapper or in the codec would escape the order of saves")
                .check(all);
        noClasses()
                .that(resideInAnyPackage("dev.holdfast.filter.."))
                .and(not(resideInAnyPackage("dev.holdfast.filter", "dev.holdfast.filter.secret")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.holdfast.filter.secret.."))
                .because("with a secret the store is a store around the store, which nobody need know")
                .check(all);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.holdfast.(**)").should().beFreeOfCycles().check(all);
    }

    @Test
    void everyPackageSaysWhatItIsForAndWhereNullMayBe() {
        List<String> unmarked = all.stream()
                .map(type -> type.getPackage())
                .distinct()
                .filter(marked -> !marked.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .toList();
        assertThat(unmarked).as("packages without a @NullMarked package-info").isEmpty();
    }
}
