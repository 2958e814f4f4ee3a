package dev.holdfast.filter.http;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The container's writer behind the gate. Each call goes on to the same method: line ends, the locale of formatted text and
 * the meaning of {@link #checkError} are the container's.
 */
final class GuardedWriter extends PrintWriter {

    /** At least as long as any number's text. */
    private static final int NUMBER = 32;

    /** At least as long as any line end. */
    private static final int LINE_END = 2;

    private final PrintWriter out;
    private final GuardedResponse response;
    private final CharacterBytes bytes;

    GuardedWriter(PrintWriter out, GuardedResponse response, CharacterBytes bytes) {
        super(out);
        this.out = out;
        this.response = response;
        this.bytes = bytes;
    }

    boolean wraps(PrintWriter otherWriter, CharacterBytes otherBytes) {
        return out == otherWriter && bytes == otherBytes;
    }

    private boolean admit(int characters) {
        return response.admitWrite(bytes.atMost(characters));
    }

    private boolean admit(String text, int more) {
        return response.admitWrite(bytes.atMost(text, 0, text.length()) + bytes.atMost(more));
    }

    private boolean admit(char[] text, int more) {
        return response.admitWrite(bytes.atMost(text, 0, text.length) + bytes.atMost(more));
    }

    @Override
    public void flush() {
        if (response.admitAll()) {
            out.flush();
        }
    }

    @Override
    public void close() {
        if (response.admitAll()) {
            out.close();
        }
    }

    /** Also true when this answer will not be sent, because its state could not be saved. */
    @Override
    public boolean checkError() {
        return !response.admitAll() || out.checkError();
    }

    @Override
    public void write(int c) {
        if (response.admitWrite(bytes.atMost((char) c))) {
            out.write(c);
        }
    }

    @Override
    public void write(char[] buf, int off, int len) {
        if (response.admitWrite(bytes.atMost(buf, off, len))) {
            out.write(buf, off, len);
        }
    }

    @Override
    public void write(char[] buf) {
        if (admit(buf, 0)) {
            out.write(buf);
        }
    }

    @Override
    public void write(String s, int off, int len) {
        if (response.admitWrite(bytes.atMost(s, off, len))) {
            out.write(s, off, len);
        }
    }

    @Override
    public void write(String s) {
        if (admit(s, 0)) {
            out.write(s);
        }
    }

    @Override
    public void print(boolean b) {
        if (admit(NUMBER)) {
            out.print(b);
        }
    }

    @Override
    public void print(char c) {
        if (response.admitWrite(bytes.atMost(c))) {
            out.print(c);
        }
    }

    @Override
    public void print(int i) {
        if (admit(NUMBER)) {
            out.print(i);
        }
    }

    @Override
    public void print(long l) {
        if (admit(NUMBER)) {
            out.print(l);
        }
    }

    @Override
    public void print(float f) {
        if (admit(NUMBER)) {
            out.print(f);
        }
    }

    @Override
    public void print(double d) {
        if (admit(NUMBER)) {
            out.print(d);
        }
    }

    @Override
    public void print(char[] s) {
        if (admit(s, 0)) {
            out.print(s);
        }
    }

    @Override
    public void print(@Nullable String s) {
        if (admit(String.valueOf(s), 0)) {
            out.print(s);
        }
    }

    @Override
    public void print(@Nullable Object obj) {
        // once: how long it is and what is printed must be of the same text
        String text = String.valueOf(obj);
        if (admit(text, 0)) {
            out.print(text);
        }
    }

    @Override
    public void println() {
        if (admit(LINE_END)) {
            out.println();
        }
    }

    @Override
    public void println(boolean x) {
        if (admit(NUMBER + LINE_END)) {
            out.println(x);
        }
    }

    @Override
    public void println(char x) {
        if (response.admitWrite(bytes.atMost(x) + bytes.atMost(LINE_END))) {
            out.println(x);
        }
    }

    @Override
    public void println(int x) {
        if (admit(NUMBER + LINE_END)) {
            out.println(x);
        }
    }

    @Override
    public void println(long x) {
        if (admit(NUMBER + LINE_END)) {
            out.println(x);
        }
    }

    @Override
    public void println(float x) {
        if (admit(NUMBER + LINE_END)) {
            out.println(x);
        }
    }

    @Override
    public void println(double x) {
        if (admit(NUMBER + LINE_END)) {
            out.println(x);
        }
    }

    @Override
    public void println(char[] x) {
        if (admit(x, LINE_END)) {
            out.println(x);
        }
    }

    @Override
    public void println(@Nullable String x) {
        if (admit(String.valueOf(x), LINE_END)) {
            out.println(x);
        }
    }

    @Override
    public void println(@Nullable Object x) {
        String text = String.valueOf(x);
        if (admit(text, LINE_END)) {
            out.println(text);
        }
    }

    @Override
    public PrintWriter printf(String format, @Nullable Object... args) {
        if (response.admitUnknown()) {
            out.printf(format, args);
        }
        return this;
    }

    @Override
    public PrintWriter printf(Locale l, String format, @Nullable Object... args) {
        if (response.admitUnknown()) {
            out.printf(l, format, args);
        }
        return this;
    }

    @Override
    public PrintWriter format(String format, @Nullable Object... args) {
        if (response.admitUnknown()) {
            out.format(format, args);
        }
        return this;
    }

    @Override
    public PrintWriter format(Locale l, String format, @Nullable Object... args) {
        if (response.admitUnknown()) {
            out.format(l, format, args);
        }
        return this;
    }

    @Override
    public PrintWriter append(@Nullable CharSequence csq) {
        String text = String.valueOf(csq);
        if (admit(text, 0)) {
            out.append(text);
        }
        return this;
    }

    @Override
    public PrintWriter append(@Nullable CharSequence csq, int start, int end) {
        return append(csq == null ? "null".subSequence(start, end) : csq.subSequence(start, end));
    }

    @Override
    public PrintWriter append(char c) {
        if (response.admitWrite(bytes.atMost(c))) {
            out.append(c);
        }
        return this;
    }
}
