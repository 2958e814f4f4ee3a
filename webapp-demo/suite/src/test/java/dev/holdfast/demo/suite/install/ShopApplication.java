package dev.holdfast.demo.suite.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Puts together an application from this module's own classes, as a build without Holdfast would. */
public final class ShopApplication {

    private static final Path OWN_CLASSES = Path.of("target/test-classes");
    private static final String CODE = "dev/holdfast/demo/suite/install/app";
    private static final String OTHER = "dev/holdfast/demo/suite/install/other";

    private ShopApplication() {}

    /** An expanded application with the given inside of its web.xml's root element. */
    static Path make(String name, boolean metadataComplete, String webXml) throws IOException {
        Path directory = Path.of("target/install").resolve(name);
        Path inf = directory.resolve("WEB-INF");
        copyClasses(CODE, inf.resolve("classes"));
        Files.writeString(inf.resolve("web.xml"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="%s">
                %s
                  <listener><listener-class>dev.holdfast.demo.suite.install.app.ByXml</listener-class></listener>
                  <listener><listener-class>dev.holdfast.demo.suite.install.app.EarlyListener</listener-class></listener>
                </web-app>
                """.formatted(metadataComplete, webXml));
        Files.writeString(inf.resolve("shop.tld"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <taglib xmlns="https://jakarta.ee/xml/ns/jakartaee" version="3.0">
                  <tlib-version>1.0</tlib-version>
                  <short-name>shop</short-name>
                  <uri>urn:shop</uri>
                  <listener><listener-class>dev.holdfast.demo.suite.install.app.ByTld</listener-class></listener>
                </taglib>
                """);
        Files.createDirectories(inf.resolve("lib"));
        try (OutputStream file = Files.newOutputStream(inf.resolve("lib/another-library.jar"));
                ZipOutputStream jar = new ZipOutputStream(file)) {
            jar.putNextEntry(new ZipEntry("META-INF/services/jakarta.servlet.ServletContainerInitializer"));
            jar.write((OTHER.replace('/', '.') + ".OtherInitializer\n").getBytes(StandardCharsets.UTF_8));
            jar.putNextEntry(new ZipEntry(OTHER + "/OtherInitializer.class"));
            jar.write(Files.readAllBytes(OWN_CLASSES.resolve(OTHER).resolve("OtherInitializer.class")));
        }
        return directory;
    }

    /** The jars that an operator would put beside an application, taken from a WAR of this build that has them. */
    public static Path libraries(String name, Predicate<String> wanted) throws IOException {
        Path directory = Path.of("target/install").resolve(name);
        Files.createDirectories(directory);
        try (InputStream file = Files.newInputStream(Path.of("../testapp/target/testapp.war"));
                ZipInputStream war = new ZipInputStream(file)) {
            for (ZipEntry entry = war.getNextEntry(); entry != null; entry = war.getNextEntry()) {
                Path path = Path.of(entry.getName());
                String jar = path.getFileName().toString();
                if (path.startsWith("WEB-INF/lib") && jar.endsWith(".jar") && wanted.test(jar)) {
                    Files.copy(war, directory.resolve(jar), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return directory;
    }

    private static void copyClasses(String code, Path classes) throws IOException {
        Path target = classes.resolve(code);
        Files.createDirectories(target);
        try (Stream<Path> all = Files.list(OWN_CLASSES.resolve(code))) {
            for (Path each : all.toList()) {
                Files.copy(each, target.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
