package dev.holdfast.serializers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.filter.codec.EnvelopeCodec;
import dev.holdfast.filter.codec.UndecodableException;
import dev.holdfast.spi.Serializer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each serializer with each kind of value: it comes back right, or is refused with a message. Nothing else may happen. */
class ValueTableTest {

    /** It is its class that refuses, in its readObject. */
    private static final String REFUSES_TO_BE_READ = "no: one that refuses to be read";

    private static EnvelopeCodec codec(String chosen) {
        List<Serializer> all =
                AllSerializers.NAMES.stream().map(AllSerializers::named).toList();
        return new EnvelopeCodec(
                all.get(AllSerializers.NAMES.indexOf(chosen)),
                all,
                ValueTableTest.class.getClassLoader(),
                new EnvelopeCodec.Sizes(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @Test
    void theTableIsLongEnough() {
        assertThat(Table.rows()).hasSizeGreaterThanOrEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "fory", "kryo", "protostuff"})
    void everyValueComesBackRightOrIsRefusedByName(String chosen) {
        EnvelopeCodec codec = codec(chosen);
        Map<String, List<String>> outcomes = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        Table.rows().forEach((name, make) -> {
            String outcome = outcomeOf(codec, name, make, wrong);
            outcomes.computeIfAbsent(outcome, each -> new ArrayList<>()).add(name);
        });
        StringBuilder line = new StringBuilder(
                "serializer " + chosen + " with " + Table.rows().size() + " kinds of value:");
        outcomes.forEach(
                (outcome, names) -> line.append(' ').append(outcome).append(' ').append(names.size()));
        System.out.println(line);
        assertThat(wrong).isEmpty();
    }

    private static String outcomeOf(EnvelopeCodec codec, String name, Table.Make make, List<String> wrong) {
        try {
            Object value = make.make();
            byte[] bytes;
            try {
                bytes = codec.encode("attribute", value);
            } catch (EncodingException e) {
                if (!e.getMessage().contains("'attribute'") || e.getMessage().length() < 40) {
                    wrong.add(name + ": refused without a reason: " + e.getMessage());
                }
                return "refused";
            }
            Object copy = codec.decode(bytes);
            String difference = Same.differenceOf(value, copy);
            if (difference != null) {
                wrong.add(name + " by " + writer(bytes) + ": " + difference);
            }
            return "right: " + writer(bytes);
        } catch (UndecodableException e) {
            if (!name.equals(REFUSES_TO_BE_READ)) {
                wrong.add(name + ": " + e + " <- " + e.getCause());
            }
            return "unreadable";
        } catch (Throwable e) {
            wrong.add(name + ": " + e + (e.getCause() == null ? "" : " <- " + e.getCause()));
            return "failed";
        }
    }

    private static String writer(byte[] envelope) {
        return envelope[2] == 0 ? new String(envelope, 4, envelope[3], StandardCharsets.US_ASCII) : "own form";
    }
}
