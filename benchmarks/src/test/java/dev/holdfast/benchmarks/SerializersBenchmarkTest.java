package dev.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.codec.EnvelopeCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is measured is what the documentation says is. */
class SerializersBenchmarkTest {

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "fory", "kryo", "protostuff"})
    void eachSerializerWritesEachSampleByItselfAndReadsItRight(String serializer) throws Exception {
        EnvelopeCodec codec = Codecs.of(serializer, Integer.MAX_VALUE);
        EnvelopeCodec judge = Codecs.of("jdk", Integer.MAX_VALUE);
        for (SampleSession session : SampleSession.values()) {
            for (Object value : session.attributes().values()) {
                byte[] bytes = codec.encode("sample", value);
                assertThat(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .contains(serializer);
                Object copy = codec.decode(bytes);
                if (value instanceof Map) { // Java serialization also writes how large its table is
                    assertThat(copy).isEqualTo(value);
                } else {
                    assertThat(judge.encode("sample", copy)).isEqualTo(judge.encode("sample", value));
                }
            }
        }
    }

    @Test
    void theLargeSessionHasAboutTenKilobytes() {
        assertThat(SerializersComparison.bytes("jdk", SampleSession.LARGE, Integer.MAX_VALUE))
                .isBetween(9_500, 10_500);
    }

    @Test
    void theSizesInTheDocumentationAreThoseOfThisCode() throws Exception {
        String section =
                Documentation.read(Path.of("..", "docs", "benchmarks.md")).section("serializers");
        List<String> rows = new ArrayList<>();
        for (int compressAbove : new int[] {128, Integer.MAX_VALUE}) {
            for (SampleSession session : SampleSession.values()) {
                for (String serializer : Codecs.SERIALIZERS) {
                    rows.add(SerializersComparison.sizes(serializer, session, compressAbove));
                }
            }
        }
        assertThat(section).contains(rows);
    }
}
