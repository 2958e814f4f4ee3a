package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.filter.http.FakeResponse.Manner;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The two save points: nothing unsaved when the first byte leaves, nothing when the last does. */
class StateBeforeBytesTest {

    private final FakeSavePoint state = new FakeSavePoint();

    private FakeResponse container(Manner manner) {
        return new FakeResponse(manner, (first, last) -> {
            state.journal.add(last ? "last byte" : first ? "first byte" : "bytes");
            if ((first || last) && state.unsaved) {
                state.journal.add("UNSAVED");
            }
        });
    }

    private static GuardedResponse guarded(FakeResponse container, FakeSavePoint savePoint) {
        return new Guarded(container, savePoint);
    }

    private static class Guarded extends GuardedResponse {

        private final OutputGate gate;

        Guarded(FakeResponse container, FakeSavePoint savePoint) {
            super(container);
            gate = new OutputGate(savePoint);
        }

        @Override
        OutputGate gate() {
            return gate;
        }
    }

    private void assertNothingLeftUnsaved() {
        assertThat(state.journal).doesNotContain("UNSAVED");
    }

    @ParameterizedTest
    @CsvSource({
        "TOMCAT, 8193",
        "TOMCAT, 10000",
        "TOMCAT, 32769",
        "JETTY, 8192",
        "JETTY, 8193",
        "JETTY, 10000",
        "JETTY, 32769"
    })
    void stateIsSavedBeforeALargeWriteLeaves(Manner manner, int size) throws IOException {
        FakeResponse container = container(manner);
        GuardedResponse response = guarded(container, state);
        state.change();

        response.getOutputStream().write(new byte[size]);

        assertThat(state.saves).isEqualTo(1);
        assertNothingLeftUnsaved();
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void aChangeBetweenSmallWritesIsSavedBeforeTheFirstByteLeaves(Manner manner) throws IOException {
        FakeResponse container = container(manner);
        GuardedResponse response = guarded(container, state);

        for (int i = 0; i < 40_000; i++) {
            if (i % 1000 == 0) {
                state.change();
            }
            response.getOutputStream().write('x');
        }

        assertNothingLeftUnsaved();
        assertThat(container.sent().length)
                .as("bytes that left, else this shows nothing")
                .isPositive();
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void nothingIsSavedWhenNothingHasChanged(Manner manner) throws IOException {
        GuardedResponse response = guarded(container(manner), state);

        response.getOutputStream().write(new byte[100_000]);
        response.flushBuffer();
        response.getOutputStream().close();

        assertThat(state.saves).isZero();
    }

    @Test
    void aSmallAnswerIsNotSavedBeforeItMustBe() throws IOException {
        GuardedResponse response = guarded(container(Manner.TOMCAT), state);
        state.change();

        response.getWriter().print("a few words");

        assertThat(state.saves).isZero();
    }

    @Test
    void aPageOfLettersInUtf8IsNotMistakenForThreeTimesItsSize() throws IOException {
        FakeResponse container = container(Manner.TOMCAT);
        container.setCharacterEncoding("UTF-8");
        GuardedResponse response = guarded(container, state);
        state.change();

        for (int i = 0; i < 80; i++) {
            response.getWriter().print("x".repeat(100));
        }

        assertThat(state.saves).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "UTF-8, €",
        "UTF-8, 😀",
        "UTF-8, ä",
        "UTF-16, x",
        "UTF-16, 😀",
        "UTF-32, x",
        "GB18030, 😀",
        "ISO-2022-JP, 日",
        "windows-1252, ä",
        "no-such-encoding, x"
    })
    void whateverTheEncodingTheCountIsNeverTooLow(String encoding, String text) throws IOException {
        for (int offset = 0; offset < 9; offset++) {
            FakeSavePoint unsaved = new FakeSavePoint();
            FakeResponse container = new FakeResponse(Manner.JETTY, (first, last) -> {
                if (first && unsaved.unsaved) {
                    unsaved.journal.add("UNSAVED");
                }
            });
            container.setBufferSizeAsConfigured(4096);
            boolean real = !encoding.startsWith("no-");
            if (real) {
                container.setCharacterEncoding(encoding);
            }
            GuardedResponse response = new Guarded(container, unsaved) {
                @Override
                public String getCharacterEncoding() {
                    return encoding;
                }
            };
            response.getWriter().print("o".repeat(offset));
            while (!container.committed) {
                unsaved.change();
                response.getWriter().print(text);
            }
            assertThat(unsaved.journal).doesNotContain("UNSAVED");
        }
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void theWriteThatReachesTheDeclaredLengthIsTheLastByte(Manner manner) throws IOException {
        FakeResponse container = container(manner);
        GuardedResponse response = guarded(container, state);
        response.setHeader("content-length", "20000");

        state.change();
        response.getOutputStream().write(new byte[19_000]);
        state.change();
        response.getOutputStream().write(new byte[1000]);

        assertThat(container.closed).isTrue();
        assertThat(state.saves).isEqualTo(2);
        assertNothingLeftUnsaved();
    }

    @Test
    void theDeclaredLengthIsKnownHoweverItWasDeclared() throws IOException {
        List<java.util.function.Consumer<GuardedResponse>> ways = List.of(
                r -> r.setContentLength(10),
                r -> r.setContentLengthLong(10),
                r -> r.setHeader("Content-Length", "10"),
                r -> r.addHeader("Content-Length", "10"),
                r -> r.setIntHeader("Content-Length", 10),
                r -> r.addIntHeader("Content-Length", 10));
        for (var way : ways) {
            GuardedResponse response = guarded(container(Manner.JETTY), state);
            way.accept(response);
            state.change();
            response.getOutputStream().write(new byte[10]);
        }
        assertNothingLeftUnsaved();
        assertThat(state.saves).isEqualTo(ways.size());
    }

    @Test
    void aLengthBehindFormattedTextIsNotOvercounted() throws IOException {
        FakeResponse container = container(Manner.JETTY);
        GuardedResponse response = guarded(container, state);
        response.setContentLength(60_000);

        response.getWriter().format("%s", "y".repeat(59_990));
        state.change();
        response.getWriter().print("1234567890");

        assertThat(container.closed).isTrue();
        assertNothingLeftUnsaved();
    }

    @Test
    void flushesAndClosesAreSavePoints() throws IOException {
        List<ThrowingUse> uses = List.of(
                r -> r.flushBuffer(),
                r -> r.getOutputStream().flush(),
                r -> r.getWriter().flush(),
                r -> r.getOutputStream().close(),
                r -> r.getWriter().close(),
                r -> r.getWriter().checkError(),
                r -> r.sendRedirect("a"),
                r -> r.sendRedirect("a", 301),
                r -> r.sendRedirect("a", false),
                r -> r.sendRedirect("a", 307, false));
        for (ThrowingUse use : uses) {
            state.journal.clear();
            FakeResponse container = container(Manner.TOMCAT);
            state.change();
            use.on(guarded(container, state));
            assertThat(container.committed).isTrue();
            assertThat(state.journal).startsWith("save");
            assertNothingLeftUnsaved();
        }
    }

    @Test
    void everyFormOfRedirectReachesTheContainerAsItWas() throws IOException {
        FakeResponse plain = container(Manner.TOMCAT);
        guarded(plain, state).sendRedirect("a");
        FakeResponse all = container(Manner.TOMCAT);
        guarded(all, state).sendRedirect("a", 308, false);

        assertThat(plain.calls).containsExactly("sendRedirect 302 true");
        assertThat(all.calls).containsExactly("sendRedirect 308 false");
    }

    @Test
    void anErrorIsSavedBeforeItRulesOutEveryOtherAnswer() throws IOException {
        FakeResponse container = container(Manner.TOMCAT);
        state.change();

        guarded(container, state).sendError(404);

        assertThat(state.saves).isEqualTo(1);
        assertThat(container.error).isEqualTo(404);
    }

    @Test
    void anEmptiedBufferIsCountedFromTheStart() throws IOException {
        GuardedResponse response = guarded(container(Manner.TOMCAT), state);
        response.getOutputStream().write(new byte[8000]);
        response.resetBuffer();
        state.change();
        response.getOutputStream().write(new byte[1000]);
        assertThat(state.saves).isZero();

        response.reset();
        response.getWriter().print("x".repeat(2000));
        assertThat(state.saves).isZero();
    }

    @Test
    void aBufferThatTheApplicationMadeSmallIsRespected() throws IOException {
        FakeResponse container = container(Manner.JETTY);
        GuardedResponse response = guarded(container, state);
        response.setBufferSize(100);
        state.change();

        response.getOutputStream().write(new byte[100]);

        assertThat(container.committed).isTrue();
        assertNothingLeftUnsaved();
    }

    @Test
    void afterAFailedSaveNothingLeavesWhateverTheApplicationDoes() throws IOException {
        FakeResponse container = container(Manner.TOMCAT);
        GuardedResponse response = guarded(container, state);
        response.getOutputStream().write(new byte[100]);
        state.change();
        state.storeDown = true;

        assertThatThrownBy(() -> response.getOutputStream().flush()).hasMessage("the store is down");
        response.getOutputStream().write(new byte[100_000]);
        response.getOutputStream().write('x');
        response.getOutputStream().print("x");
        ByteBuffer bytes = ByteBuffer.allocate(10_000);
        response.getOutputStream().write(bytes);
        response.getOutputStream().flush();
        response.getOutputStream().close();
        response.flushBuffer();
        response.sendRedirect("elsewhere");
        response.sendError(500);

        assertThat(bytes.hasRemaining()).isFalse();
        assertThat(container.committed).isFalse();
        assertThat(container.error).isNull();
        assertThat(state.journal).isEmpty();
    }

    @Test
    void aWriterOfAnAnswerThatWillNotBeSentReportsAnError() throws IOException {
        GuardedResponse response = guarded(container(Manner.TOMCAT), state);
        PrintWriter writer = response.getWriter();
        assertThat(writer.checkError()).isFalse();
        state.change();
        state.storeDown = true;
        assertThatThrownBy(writer::flush).hasMessage("the store is down");

        assertThat(writer.checkError()).isTrue();
    }

    @Test
    void whatTheWriterSaysOfErrorsIsTheContainersWord() throws IOException {
        FakeResponse container = container(Manner.TOMCAT);
        GuardedResponse response = guarded(container, state);
        response.getWriter().print("x");
        container.broken = true;

        assertThat(response.getWriter().checkError()).isTrue();
    }

    @Test
    void everyWayOfPrintingGivesTheContainersText() throws IOException {
        FakeResponse bare = container(Manner.TOMCAT);
        FakeResponse behind = container(Manner.TOMCAT);
        printEverything(bare.getWriter());
        printEverything(guarded(behind, state).getWriter());
        bare.end();
        behind.end();

        assertThat(behind.sentText()).isEqualTo(bare.sentText()).contains("1,5");
    }

    private static void printEverything(PrintWriter w) {
        w.print(true);
        w.print('c');
        w.print(1);
        w.print(2L);
        w.print(3.5f);
        w.print(4.25);
        w.print(new char[] {'a', 'b'});
        w.print("text");
        w.print((String) null);
        w.print((Object) List.of(1, 2));
        w.println();
        w.println(false);
        w.println('d');
        w.println(-1);
        w.println(Long.MIN_VALUE);
        w.println(Float.MIN_VALUE);
        w.println(-Double.MAX_VALUE);
        w.println(new char[] {'z'});
        w.println("line");
        w.println((Object) null);
        w.write('w');
        w.write("written");
        w.write("written", 2, 3);
        w.write(new char[] {'q', 'r', 's'}, 1, 2);
        w.append('a').append("sequence").append(null).append("0123456", 2, 4).append(null, 1, 3);
        w.printf("%.1f", 1.5).format("%.1f", 2.5).printf(Locale.UK, "%.1f", 3.5);
        w.format(Locale.FRANCE, "%.1f", 4.5);
    }

    @Test
    void streamAndWriterExcludeEachOtherAsInTheContainer() throws IOException {
        GuardedResponse response = guarded(container(Manner.TOMCAT), state);
        assertThat(response.getOutputStream()).isSameAs(response.getOutputStream());
        assertThatThrownBy(response::getWriter).isInstanceOf(IllegalStateException.class);
        response.reset();
        assertThat(response.getWriter()).isSameAs(response.getWriter());
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void noOrderOfWritesAndChangesLetsUnsavedStateOut(Manner manner) throws IOException {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            state.journal.clear();
            state.unsaved = false;
            FakeResponse container = container(manner);
            container.setBufferSizeAsConfigured(List.of(256, 2048, 8192, 32768).get(random.nextInt(4)));
            container.setCharacterEncoding(
                    List.of("ISO-8859-1", "UTF-8", "UTF-16").get(random.nextInt(3)));
            GuardedResponse response = guarded(container, state);
            boolean writer = random.nextBoolean();
            int declared = random.nextInt(3) == 0 ? random.nextInt(40_000) : -1;
            if (declared >= 0) {
                response.setContentLength(declared);
            }
            for (int step = 0; step < 30 && !container.closed; step++) {
                int length = random.nextInt(List.of(3, 300, 20_000).get(random.nextInt(3)));
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> state.change();
                    case 3 -> {
                        if (random.nextInt(5) == 0) {
                            response.flushBuffer();
                        }
                    }
                    default -> {
                        if (writer) {
                            response.getWriter().write((random.nextBoolean() ? "x" : "ä").repeat(length));
                        } else {
                            response.getOutputStream().write(new byte[length]);
                        }
                    }
                }
            }
            if (!container.closed && random.nextBoolean()) {
                if (writer) {
                    response.getWriter().close();
                } else {
                    response.getOutputStream().close();
                }
            }
            assertThat(state.journal).as("seed %s", seed).doesNotContain("UNSAVED");
        }
    }

    @Test
    void textThatIsNotAsciiIsSentWhole() throws IOException {
        FakeResponse container = container(Manner.TOMCAT);
        container.setCharacterEncoding("UTF-8");
        GuardedResponse response = guarded(container, state);
        response.getWriter().print("ä€😀");
        container.end();
        assertThat(new String(container.sent(), StandardCharsets.UTF_8)).isEqualTo("ä€😀");
    }

    private interface ThrowingUse {
        void on(GuardedResponse response) throws IOException;
    }
}
