package dev.holdfast.demo.bundles;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Puts the application together as its own build would: its classes, its libraries, and no word of Holdfast. */
final class Shop {
    private static final String CODE = "dev/holdfast/demo/bundles/app";

    private Shop() {}

    /** An expanded application, with these jars more in its WEB-INF/lib. */
    static Path make(Path directory, Path... jars) throws Exception {
        Path classes =
                Files.createDirectories(directory.resolve("WEB-INF/classes").resolve(CODE));
        try (Stream<Path> own = Files.list(Path.of("target/test-classes").resolve(CODE))) {
            for (Path each : own.toList()) {
                Files.copy(each, classes.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path lib = Files.createDirectories(directory.resolve("WEB-INF/lib"));
        for (Class<?> library : List.of(
                redis.clients.jedis.Jedis.class,
                org.apache.commons.pool2.ObjectPool.class,
                org.json.JSONObject.class,
                com.google.gson.Gson.class,
                org.jgroups.JChannel.class,
                org.slf4j.Logger.class)) {
            add(lib, jarOf(library));
        }
        for (Path jar : jars) {
            add(lib, jar);
        }
        Files.writeString(directory.resolve("WEB-INF/web.xml"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                  <servlet>
                    <servlet-name>shop</servlet-name>
                    <servlet-class>dev.holdfast.demo.bundles.app.ShopServlet</servlet-class>
                  </servlet>
                  <servlet-mapping><servlet-name>shop</servlet-name><url-pattern>/shop/*</url-pattern></servlet-mapping>
                </web-app>
                """);
        return directory;
    }

    private static void add(Path lib, Path jar) throws IOException {
        Files.copy(jar, lib.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
