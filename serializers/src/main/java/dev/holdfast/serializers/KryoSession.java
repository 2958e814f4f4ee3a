package dev.holdfast.serializers;

import com.esotericsoftware.kryo.ClassResolver;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.MapReferenceResolver;
import java.io.IOException;
import java.io.OutputStream;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One Kryo, for one value at a time. Not to be used again after it threw. */
final class KryoSession {

    private final Kryo kryo;
    private final Kinds kinds;
    private final Output output = new Output(512, -1);
    private final ByteSink scratch = new ByteSink();
    private final Writing writing;
    private final Map<Kind, Registration> registrations = new IdentityHashMap<>();
    private @Nullable Reading reading;

    KryoSession(Kinds kinds) {
        this.kinds = kinds;
        this.writing = new Writing(kinds);
        this.kryo = new Kryo(new Classes(), new References());
        kryo.setReferences(true);
    }

    void write(Object value, OutputStream out) throws IOException {
        kryo.writeClassAndObject(output, value);
        writing.classes.writeTo(scratch);
        scratch.writeTo(out);
        out.write(output.getBuffer(), 0, output.position());
        scratch.reset();
        output.reset();
        writing.clear();
    }

    Object read(byte[] bytes, ClassLoader loader) throws ClassNotFoundException, IOException {
        ByteSource head = new ByteSource(bytes, 0, bytes.length);
        ReadClasses classes = ReadClasses.read(head, kinds, loader);
        reading = new Reading(classes, kinds.limits(), bytes.length);
        Input input = new Input(bytes, head.position(), head.remaining());
        Object value = kryo.readClassAndObject(input);
        reading = null;
        if (value == null || input.available() != 0) {
            throw ByteSource.malformed();
        }
        return value;
    }

    private Reading reading() {
        if (reading == null) {
            throw new IllegalStateException("nothing is being read");
        }
        return reading;
    }

    /** Classes are numbers in the list that precedes the bytes. */
    private final class Classes implements ClassResolver {

        @Override
        public @Nullable Registration writeClass(Output out, @Nullable Class type) {
            if (type == null) {
                out.writeVarInt(0, true);
                return null;
            }
            Kind kind = writing.kindOf(type);
            out.writeVarInt(writing.classes.numberOf(kind) + 1, true);
            return registration(kind, null);
        }

        @Override
        public @Nullable Registration readClass(Input in) {
            int number = in.readVarInt(true) - 1;
            if (number == -1) {
                return null;
            }
            Reading current = reading();
            current.object();
            Kind kind = current.classes.kind(number);
            return registration(kind, kind instanceof PlainClass ? current.classes.layout(number) : null);
        }

        private Registration registration(Kind kind, @Nullable Layout layout) {
            return layout != null
                    ? new Registration(kind.type(), new OfKind(kind, layout), 1)
                    : registrations.computeIfAbsent(
                            kind, each -> new Registration(each.type(), new OfKind(each, null), 1));
        }

        /** Asked by Kryo's constructor and by no other: the list has all. */
        @Override
        public Registration register(Registration registration) {
            return registration;
        }

        @Override
        public @Nullable Registration unregister(int id) {
            return null;
        }

        @Override
        public Registration registerImplicit(Class type) {
            throw new UnsuitedException(type, "is not of a kind that always comes back right");
        }

        @Override
        public @Nullable Registration getRegistration(Class type) {
            return null;
        }

        @Override
        public @Nullable Registration getRegistration(int id) {
            return null;
        }

        @Override
        public void setKryo(Kryo kryo) {}

        @Override
        public void reset() {}
    }

    private final class References extends MapReferenceResolver {

        @Override
        public boolean useReferences(Class type) {
            Kind kind = kinds.of(type);
            return type == String.class
                    || !(kind instanceof Kind.Constant || kind instanceof Kind.Scalar scalar && !scalar.isMutable());
        }

        @Override
        public int getWrittenId(Object object) {
            int id = super.getWrittenId(object);
            if (id >= 0) {
                writing.again(object);
            }
            return id;
        }

        @Override
        public Object getReadObject(Class type, int id) {
            return reading().again(super.getReadObject(type, id));
        }
    }

    /** Takes apart and makes objects; what is inside an object goes back to Kryo. */
    private final class OfKind extends Serializer<Object> {

        private final Kind kind;
        private final @Nullable Layout layout;

        OfKind(Kind kind, @Nullable Layout layout) {
            this.kind = kind;
            this.layout = layout;
        }

        @Override
        public void write(Kryo kryo, Output out, Object object) {
            try {
                if (kind instanceof Kind.Scalar scalar) {
                    writeScalar(scalar, out, object);
                } else if (kind instanceof Kind.Constant constant) {
                    byte[] name = chars(constant.nameOf(object));
                    out.writeVarInt(name.length, true);
                    out.writeBytes(name);
                } else {
                    boolean madeLast = kind instanceof Kind.Container container && container.isMadeLast()
                            || kind instanceof PlainClass plain && plain.isRecord();
                    writing.enter(object, madeLast);
                    writeParts(out, object);
                    writing.leave(madeLast);
                }
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private byte[] chars(String text) {
            scratch.putChars(text);
            byte[] bytes = scratch.toByteArray();
            scratch.reset();
            return bytes;
        }

        private void writeScalar(Kind.Scalar scalar, Output out, Object object) {
            scalar.write(object, scratch);
            out.writeVarInt(scratch.size(), true);
            out.writeBytes(scratch.buffer(), 0, scratch.size());
            scratch.reset();
        }

        private void writeParts(Output out, Object object) throws Exception {
            if (kind instanceof Kind.ObjectArray) {
                Object[] array = (Object[]) object;
                out.writeVarInt(writing.lengthOf(array), true);
                for (Object each : array) {
                    kryo.writeClassAndObject(out, each);
                }
            } else if (kind instanceof Kind.Container container) {
                int size = writing.sizeOf(container, object);
                out.writeVarInt(size, true);
                kryo.writeClassAndObject(out, container.comparatorOf(object));
                writing.content(container, object, size, each -> kryo.writeClassAndObject(out, each));
            } else {
                for (PlainField field : ((PlainClass) kind).fields()) {
                    writeField(field, out, object);
                }
            }
        }

        private void writeField(PlainField field, Output out, Object owner) throws IllegalAccessException {
            switch (field.code()) {
                case PlainField.REFERENCE -> kryo.writeClassAndObject(out, field.referenceOf(owner));
                case 'F' -> out.writeInt((int) field.bitsOf(owner));
                case 'D' -> out.writeLong(field.bitsOf(owner));
                default -> out.writeVarLong(field.bitsOf(owner), false);
            }
        }

        @Override
        public Object read(Kryo kryo, Input in, Class<?> type) {
            try {
                if (kind instanceof Kind.Scalar scalar) {
                    return reading().scalar(scalar, bytes(in));
                }
                if (kind instanceof Kind.Constant constant) {
                    return constant.named(bytes(in).chars());
                }
                reading().enter();
                Object object = readParts(in);
                reading().leave();
                return object;
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalArgumentException(e);
            }
        }

        /** As many as are said to follow. */
        private ByteSource bytes(Input in) {
            int length = in.readVarInt(true);
            if (length < 0 || length > in.limit() - in.position()) {
                throw ByteSource.malformed();
            }
            ByteSource bytes = new ByteSource(in.getBuffer(), in.position(), length);
            in.setPosition(in.position() + length);
            return bytes;
        }

        private Object readParts(Input in) throws Exception {
            if (kind instanceof Kind.ObjectArray arrays) {
                Object[] array = arrays.make(reading().places(in.readVarInt(true)));
                kryo.reference(array);
                for (int i = 0; i < array.length; i++) {
                    array[i] = kryo.readClassAndObject(in);
                }
                return array;
            }
            if (kind instanceof Kind.Container container) {
                int size = reading().places(in.readVarInt(true));
                Object begun = container.begin(kryo.readClassAndObject(in));
                if (!container.isMadeLast()) {
                    kryo.reference(begun);
                }
                reading().content(container, begun, size, () -> kryo.readClassAndObject(in));
                return container.end(begun);
            }
            return readFields(in);
        }

        private Object readFields(Input in) throws ReflectiveOperationException {
            Layout written = java.util.Objects.requireNonNull(layout);
            PlainClass plain = written.kind();
            if (plain.isRecord()) {
                return readRecord(written, in);
            }
            Object object = plain.bare();
            kryo.reference(object);
            for (int i = 0; i < written.codes().length; i++) {
                char code = written.codes()[i];
                PlainField field = written.fields()[i];
                if (code == PlainField.REFERENCE) {
                    Object value = kryo.readClassAndObject(in);
                    if (field != null) {
                        field.setReference(object, value);
                    }
                } else {
                    long bits = readBits(code, in);
                    if (field != null) {
                        field.setBits(object, code, bits);
                    }
                }
            }
            return object;
        }

        private Object readRecord(Layout written, Input in) throws ReflectiveOperationException {
            @Nullable Object[] values = new Object[written.kind().fields().length];
            for (int i = 0; i < written.codes().length; i++) {
                char code = written.codes()[i];
                PlainField field = written.fields()[i];
                Object value = code == PlainField.REFERENCE
                        ? kryo.readClassAndObject(in)
                        : field == null ? readBits(code, in) : field.boxed(code, readBits(code, in));
                if (field != null) {
                    values[written.kind().indexOf(field)] = value;
                }
            }
            return written.kind().record(values);
        }

        private long readBits(char code, Input in) {
            return switch (code) {
                case 'F' -> in.readInt();
                case 'D' -> in.readLong();
                default -> in.readVarLong(false);
            };
        }
    }
}
