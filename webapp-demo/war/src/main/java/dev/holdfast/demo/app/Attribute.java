package dev.holdfast.demo.app;

import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An attribute of the session as the page lists it.
 *
 * @param type the class of its value, without the package
 * @param bytes how long Java's serialization makes it; what is stored may be shorter
 */
public record Attribute(String name, String type, int bytes) {

    /** By name. An attribute that cannot be serialized counts 0 bytes. */
    static List<Attribute> of(HttpSession session) {
        List<String> names = Collections.list(session.getAttributeNames());
        Collections.sort(names);
        List<Attribute> attributes = new ArrayList<>();
        for (String name : names) {
            Object value = session.getAttribute(name);
            // another request may have removed it meanwhile
            if (value != null) {
                attributes.add(new Attribute(name, value.getClass().getSimpleName(), size(value)));
            }
        }
        return attributes;
    }

    private static int size(Object value) {
        Counter counter = new Counter();
        try (ObjectOutputStream out = new ObjectOutputStream(counter)) {
            out.writeObject(value);
        } catch (IOException e) {
            return 0;
        }
        return counter.bytes;
    }

    private static final class Counter extends OutputStream {
        private int bytes;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int offset, int length) {
            bytes += length;
        }
    }
}
