package dev.holdfast.filter.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The container's stream behind the gate. Each call goes on to the same method: containers print and end lines in ways of
 * their own. Blocking while a save runs, also under a {@link WriteListener}.
 */
final class GuardedStream extends ServletOutputStream {

    /** At least as long as any number's text. */
    private static final int NUMBER = 32;

    private final ServletOutputStream out;
    private final GuardedResponse response;

    GuardedStream(ServletOutputStream out, GuardedResponse response) {
        this.out = out;
        this.response = response;
    }

    boolean wraps(ServletOutputStream other) {
        return out == other;
    }

    private boolean admit(long atMost) {
        return response.admitWrite(atMost);
    }

    private boolean admitCharacters(long count) {
        return response.admitWrite(characterBytes().atMost((int) count));
    }

    private CharacterBytes characterBytes() {
        return CharacterBytes.of(response.getCharacterEncoding());
    }

    private boolean admitText(@Nullable String text, int more) {
        String printed = String.valueOf(text);
        CharacterBytes bytes = characterBytes();
        return response.admitWrite(bytes.atMost(printed, 0, printed.length()) + bytes.atMost(more));
    }

    @Override
    public void write(int b) throws IOException {
        if (admit(1)) {
            out.write(b);
        }
    }

    @Override
    public void write(byte[] b) throws IOException {
        if (admit(b.length)) {
            out.write(b);
        }
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        if (admit(Math.max(0, len))) {
            out.write(b, off, len);
        }
    }

    @Override
    public void write(ByteBuffer buffer) throws IOException {
        if (admit(buffer.remaining())) {
            out.write(buffer);
        } else {
            // taken, as far as the caller can see: one that writes until nothing remains would go on for ever
            buffer.position(buffer.limit());
        }
    }

    @Override
    public void flush() throws IOException {
        if (response.admitAll()) {
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (response.admitAll()) {
            out.close();
        }
    }

    @Override
    public boolean isReady() {
        return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        out.setWriteListener(listener);
    }

    @Override
    public void print(String s) throws IOException {
        if (admitText(s, 0)) {
            out.print(s);
        }
    }

    @Override
    public void print(boolean b) throws IOException {
        if (admitCharacters(NUMBER)) {
            out.print(b);
        }
    }

    @Override
    public void print(char c) throws IOException {
        if (admitCharacters(1)) {
            out.print(c);
        }
    }

    @Override
    public void print(int i) throws IOException {
        if (admitCharacters(NUMBER)) {
            out.print(i);
        }
    }

    @Override
    public void print(long l) throws IOException {
        if (admitCharacters(NUMBER)) {
            out.print(l);
        }
    }

    @Override
    public void print(float f) throws IOException {
        if (admitCharacters(NUMBER)) {
            out.print(f);
        }
    }

    @Override
    public void print(double d) throws IOException {
        if (admitCharacters(NUMBER)) {
            out.print(d);
        }
    }

    @Override
    public void println() throws IOException {
        if (admitCharacters(2)) {
            out.println();
        }
    }

    @Override
    public void println(String s) throws IOException {
        if (admitText(s, 2)) {
            out.println(s);
        }
    }

    @Override
    public void println(boolean b) throws IOException {
        if (admitCharacters(NUMBER + 2)) {
            out.println(b);
        }
    }

    @Override
    public void println(char c) throws IOException {
        if (admitCharacters(1 + 2)) {
            out.println(c);
        }
    }

    @Override
    public void println(int i) throws IOException {
        if (admitCharacters(NUMBER + 2)) {
            out.println(i);
        }
    }

    @Override
    public void println(long l) throws IOException {
        if (admitCharacters(NUMBER + 2)) {
            out.println(l);
        }
    }

    @Override
    public void println(float f) throws IOException {
        if (admitCharacters(NUMBER + 2)) {
            out.println(f);
        }
    }

    @Override
    public void println(double d) throws IOException {
        if (admitCharacters(NUMBER + 2)) {
            out.println(d);
        }
    }
}
