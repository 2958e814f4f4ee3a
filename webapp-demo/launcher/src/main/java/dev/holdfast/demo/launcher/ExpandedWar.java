package dev.holdfast.demo.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** A web application's own copy in a node's work directory, where its web.xml may be changed. */
final class ExpandedWar {

    private static final String FILTER_CLASS = "dev.holdfast.filter.SessionFilter";

    private ExpandedWar() {}

    static Path expand(NodeOptions options, String contextPath, Path war) throws Exception {
        Path directory = options.workDirectory().resolve("webapp" + contextPath.replace('/', '-'));
        if (Files.isDirectory(war)) {
            copy(war, directory);
        } else {
            unzip(war, directory);
        }
        Path webXml = directory.resolve("WEB-INF/web.xml");
        Path other = options.webXml(contextPath);
        if (other != null) {
            Files.copy(other, webXml, StandardCopyOption.REPLACE_EXISTING);
        }
        if (options.isWithoutFilter(contextPath)) {
            removeFilter(webXml);
        }
        return directory;
    }

    /** Deletes a directory and all in it; nothing happens if it is not there. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static void unzip(Path war, Path directory) throws IOException {
        try (InputStream file = Files.newInputStream(war);
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = directory.resolve(entry.getName()).normalize();
                if (!target.startsWith(directory)) {
                    throw new IOException("entry outside of the WAR: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.resolveSibling("."));
                    Files.copy(zip, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void removeFilter(Path webXml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Document document = factory.newDocumentBuilder().parse(webXml.toFile());
        Set<String> names = new HashSet<>();
        for (Element filter : elements(document, "filter")) {
            if (text(filter, "filter-class").equals(FILTER_CLASS)) {
                names.add(text(filter, "filter-name"));
                remove(filter);
            }
        }
        for (Element mapping : elements(document, "filter-mapping")) {
            if (names.contains(text(mapping, "filter-name"))) {
                remove(mapping);
            }
        }
        TransformerFactory.newInstance()
                .newTransformer()
                .transform(new DOMSource(document), new StreamResult(webXml.toFile()));
    }

    private static List<Element> elements(Document document, String name) {
        NodeList nodes = document.getElementsByTagName(name);
        return Stream.iterate(0, i -> i + 1)
                .limit(nodes.getLength())
                .map(i -> (Element) nodes.item(i))
                .toList();
    }

    private static void remove(Element element) {
        Node parent = element.getParentNode();
        if (parent != null) {
            parent.removeChild(element);
        }
    }

    private static String text(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent().trim();
    }
}
