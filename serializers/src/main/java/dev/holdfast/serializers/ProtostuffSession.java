package dev.holdfast.serializers;

import io.protostuff.ByteArrayInput;
import io.protostuff.Input;
import io.protostuff.LinkedBuffer;
import io.protostuff.Output;
import io.protostuff.ProtostuffOutput;
import io.protostuff.Schema;
import io.protostuff.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Protostuff over objects of all kinds, for one value at a time. Not to be used again after it threw.
 *
 * <p>A reference is a field of a wire type that says what it refers to: a group is an object, bytes are a scalar or constant
 * behind the number of its class, a number is 0 for null or stands for an object that came before. A group begins with the
 * number of its class; then come its fields from number {@value #FIRST_FIELD} on, or its size and its elements. Fields
 * that are zero or null are left out.
 */
final class ProtostuffSession {

    private static final int CLASS = 1;
    private static final int SIZE = 2;
    private static final int ELEMENT = 3;
    private static final int COMPARATOR = 4;
    private static final int FIRST_FIELD = 2;
    private static final int NULL = 0;

    private final Kinds kinds;
    private final Writing writing;
    private final Map<Object, Integer> written = new IdentityHashMap<>();
    private final ByteSink scratch = new ByteSink();
    private final Groups schema = new Groups();
    private final LinkedBuffer buffer = LinkedBuffer.allocate(512);

    ProtostuffSession(Kinds kinds) {
        this.kinds = kinds;
        this.writing = new Writing(kinds);
    }

    void write(Object value, OutputStream out) throws IOException {
        ProtostuffOutput output = new ProtostuffOutput(buffer);
        writeReference(output, CLASS, value);
        writing.classes.writeTo(scratch);
        scratch.writeTo(out);
        out.write(output.toByteArray());
        scratch.reset();
        buffer.clear();
        written.clear();
        writing.clear();
    }

    private void writeReference(Output out, int number, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeUInt32(number, NULL, true);
            return;
        }
        Kind kind = writing.kindOf(value.getClass());
        if (!(kind instanceof Kind.Constant || kind instanceof Kind.Scalar scalar && !scalar.isMutable())) {
            Integer before = written.putIfAbsent(value, written.size() + 1);
            if (before != null) {
                writing.again(value);
                out.writeUInt32(number, before, true);
                return;
            }
        }
        if (kind instanceof Kind.Scalar || kind instanceof Kind.Constant) {
            scratch.putUnsigned(writing.classes.numberOf(kind));
            if (kind instanceof Kind.Scalar scalar) {
                scalar.write(value, scratch);
            } else {
                scratch.putChars(((Kind.Constant) kind).nameOf(value));
            }
            out.writeByteArray(number, scratch.toByteArray(), true);
            scratch.reset();
        } else {
            out.writeObject(number, value, schema, true);
        }
    }

    Object read(byte[] bytes, ClassLoader loader) throws IOException, ClassNotFoundException {
        ByteSource head = new ByteSource(bytes, 0, bytes.length);
        ReadClasses classes = ReadClasses.read(head, kinds, loader);
        ByteArrayInput input = new ByteArrayInput(bytes, head.position(), head.remaining(), true);
        Graph graph = new Graph(bytes, input, new Reading(classes, kinds.limits(), bytes.length));
        graph.expect(CLASS);
        Object value = graph.readReference();
        graph.expect(0);
        if (value == null || input.currentOffset() != bytes.length) {
            throw ByteSource.malformed();
        }
        return value;
    }

    /** Everything that is a group. */
    private final class Groups implements Schema<Object> {

        @Override
        public void writeTo(Output out, Object object) throws IOException {
            Kind kind = Objects.requireNonNull(kinds.of(object.getClass()));
            out.writeUInt32(CLASS, writing.classes.numberOf(kind), false);
            boolean madeLast = kind instanceof Kind.Container container && container.isMadeLast()
                    || kind instanceof PlainClass plain && plain.isRecord();
            writing.enter(object, madeLast);
            try {
                writeParts(kind, object, out);
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
            writing.leave(madeLast);
        }

        private void writeParts(Kind kind, Object object, Output out) throws Exception {
            if (kind instanceof Kind.ObjectArray) {
                Object[] array = (Object[]) object;
                out.writeUInt32(SIZE, writing.lengthOf(array), false);
                for (Object each : array) {
                    writeReference(out, ELEMENT, each);
                }
            } else if (kind instanceof Kind.Container container) {
                int size = writing.sizeOf(container, object);
                out.writeUInt32(SIZE, size, false);
                Object comparator = container.comparatorOf(object);
                if (comparator != null) {
                    writeReference(out, COMPARATOR, comparator);
                }
                writing.content(container, object, size, each -> writeReference(out, ELEMENT, each));
            } else {
                PlainField[] fields = ((PlainClass) kind).fields();
                for (int i = 0; i < fields.length; i++) {
                    writeField(fields[i], FIRST_FIELD + i, object, out);
                }
            }
        }

        private void writeField(PlainField field, int number, Object owner, Output out) throws Exception {
            if (field.isReference()) {
                Object value = field.referenceOf(owner);
                if (value != null) {
                    writeReference(out, number, value);
                }
                return;
            }
            long bits = field.bitsOf(owner);
            if (bits != 0) {
                switch (field.code()) {
                    case 'F' -> out.writeFixed32(number, (int) bits, false);
                    case 'D' -> out.writeFixed64(number, bits, false);
                    default -> out.writeSInt64(number, bits, false);
                }
            }
        }

        @Override
        public void mergeFrom(Input in, Object begun) throws IOException {
            ((Graph.Group) begun).read();
        }

        @Override
        public Object newMessage() {
            throw new UnsupportedOperationException("objects are begun by their readers");
        }

        @Override
        public boolean isInitialized(Object message) {
            return true;
        }

        @Override
        public String getFieldName(int number) {
            return Integer.toString(number);
        }

        @Override
        public int getFieldNumber(String name) {
            return Integer.parseInt(name);
        }

        @Override
        public String messageName() {
            return "Object";
        }

        @Override
        public String messageFullName() {
            return Object.class.getName();
        }

        @Override
        public Class<Object> typeClass() {
            return Object.class;
        }
    }

    /** One value that is read. */
    private final class Graph {

        private final byte[] bytes;
        private final ByteArrayInput in;
        private final Reading reading;
        private final List<@Nullable Object> objects = new ArrayList<>();

        Graph(byte[] bytes, ByteArrayInput in, Reading reading) {
            this.bytes = bytes;
            this.in = in;
            this.reading = reading;
        }

        private int next() throws IOException {
            return in.readFieldNumber(schema);
        }

        void expect(int number) throws IOException {
            if (next() != number) {
                throw ByteSource.malformed();
            }
        }

        private void expect(int number, int wireType) throws IOException {
            expect(number);
            expectWireType(wireType);
        }

        private void expectWireType(int wireType) {
            if (WireFormat.getTagWireType(in.getLastTag()) != wireType) {
                throw ByteSource.malformed();
            }
        }

        /** Of the field whose number was read last. */
        @Nullable
        Object readReference() throws IOException {
            switch (WireFormat.getTagWireType(in.getLastTag())) {
                case WireFormat.WIRETYPE_VARINT -> {
                    int number = in.readUInt32();
                    return number == NULL ? null : reading.again(objects.get(number - 1));
                }
                case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                    reading.object();
                    return readScalar();
                }
                case WireFormat.WIRETYPE_START_GROUP -> {
                    reading.object();
                    Group group = new Group();
                    in.mergeObject(group, schema);
                    return group.object();
                }
                default -> throw ByteSource.malformed();
            }
        }

        private Object readScalar() throws IOException {
            int length = in.readRawVarint32();
            int offset = in.currentOffset();
            if (length < 0 || length > in.currentLimit() - offset) { // the library's own check can be made to overflow
                throw ByteSource.malformed();
            }
            ByteSource part = new ByteSource(bytes, offset, length);
            in.setBounds(offset + length, in.currentLimit());
            Kind kind = reading.classes.kind(part.within(part.unsigned(), 0, Integer.MAX_VALUE));
            if (kind instanceof Kind.Constant constant) {
                return constant.named(part.chars());
            }
            if (!(kind instanceof Kind.Scalar scalar)) {
                throw ByteSource.malformed();
            }
            Object value = reading.scalar(scalar, part);
            if (scalar.isMutable()) {
                objects.add(value);
            }
            return value;
        }

        /** An object in the making. */
        final class Group {

            private @Nullable Object object;

            Object object() {
                return Objects.requireNonNull(object);
            }

            void read() throws IOException {
                expect(CLASS, WireFormat.WIRETYPE_VARINT);
                int number = in.readUInt32();
                Kind kind = reading.classes.kind(number);
                int place = objects.size();
                objects.add(null);
                reading.enter();
                try {
                    object = readParts(kind, number, place);
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IOException(e);
                }
                objects.set(place, object);
                reading.leave();
            }

            private Object readParts(Kind kind, int number, int place) throws Exception {
                if (kind instanceof Kind.ObjectArray arrays) {
                    Object[] array = arrays.make(readSize());
                    objects.set(place, array);
                    for (int i = 0; i < array.length; i++) {
                        expect(ELEMENT);
                        array[i] = readReference();
                    }
                    expect(0);
                    return array;
                }
                if (kind instanceof Kind.Container container) {
                    return readContainer(container, place);
                }
                if (kind instanceof PlainClass) {
                    return readFields(reading.classes.layout(number), place);
                }
                throw ByteSource.malformed();
            }

            private int readSize() throws IOException {
                expect(SIZE, WireFormat.WIRETYPE_VARINT);
                return reading.places(in.readUInt32());
            }

            private Object readContainer(Kind.Container container, int place) throws Exception {
                int size = readSize();
                int next = next();
                Object comparator = null;
                if (next == COMPARATOR) {
                    comparator = readReference();
                    next = next();
                }
                Object begun = container.begin(comparator);
                if (!container.isMadeLast()) {
                    objects.set(place, begun);
                }
                Elements elements = new Elements(next);
                reading.content(container, begun, size, elements);
                elements.expectEnd();
                return container.end(begun);
            }

            private Object readFields(Layout written, int place) throws Exception {
                PlainClass plain = written.kind();
                PlainField[] here = plain.fields();
                @Nullable Object[] values = plain.isRecord() ? new Object[here.length] : new Object[0];
                Object owner = plain.isRecord() ? values : plain.bare();
                if (!plain.isRecord()) {
                    objects.set(place, owner);
                }
                for (int number = next(); number != 0; number = next()) {
                    int at = number - FIRST_FIELD;
                    if (at < 0 || at >= written.codes().length) {
                        throw ByteSource.malformed();
                    }
                    readField(written.codes()[at], written.fields()[at], owner, plain);
                }
                return plain.isRecord() ? plain.record(values) : owner;
            }

            /** @param owner the object, or the values of a record in the making */
            private void readField(char code, @Nullable PlainField field, Object owner, PlainClass plain)
                    throws Exception {
                if (code == PlainField.REFERENCE) {
                    Object value = readReference();
                    if (field != null) {
                        if (plain.isRecord()) {
                            ((@Nullable Object[]) owner)[plain.indexOf(field)] = value;
                        } else {
                            field.setReference(owner, value);
                        }
                    }
                    return;
                }
                long bits = readBits(code);
                if (field != null) {
                    if (plain.isRecord()) {
                        ((@Nullable Object[]) owner)[plain.indexOf(field)] = field.boxed(code, bits);
                    } else {
                        field.setBits(owner, code, bits);
                    }
                }
            }

            private long readBits(char code) throws IOException {
                switch (code) {
                    case 'F' -> {
                        expectWireType(WireFormat.WIRETYPE_FIXED32);
                        return in.readFixed32();
                    }
                    case 'D' -> {
                        expectWireType(WireFormat.WIRETYPE_FIXED64);
                        return in.readFixed64();
                    }
                    default -> {
                        expectWireType(WireFormat.WIRETYPE_VARINT);
                        return in.readSInt64();
                    }
                }
            }
        }

        /** The elements of a container, whose first field number was read already. */
        private final class Elements implements Reading.Slot {

            private final int next;
            private boolean ahead = true;

            Elements(int next) {
                this.next = next;
            }

            @Override
            public @Nullable Object read() throws IOException {
                if ((ahead ? next : next()) != ELEMENT) {
                    throw ByteSource.malformed();
                }
                ahead = false;
                return readReference();
            }

            void expectEnd() throws IOException {
                if ((ahead ? next : next()) != 0) {
                    throw ByteSource.malformed();
                }
            }
        }
    }
}
