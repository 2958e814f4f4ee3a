package dev.holdfast.filter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.filter.codec.AttributeCodec.Baseline;
import dev.holdfast.filter.codec.RandomGraphs.Bean;
import dev.holdfast.filter.codec.RandomGraphs.WideBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class BaselineTest {

    private final EnvelopeCodec codec = Codecs.jdk();
    private final Fingerprints fingerprints = new Fingerprints();

    @Test
    void whateverAReaderWouldSeeDifferentlyIsSeenAsAChange() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("BaselineTest seed " + seed);
        RandomGraphs graphs = new RandomGraphs(seed);
        int changed = 0;
        int walked = 0;
        int falselyChanged = 0;
        int unchanged = 0;
        for (int i = 0; i < 40_000; i++) {
            Object value = graphs.graph();
            Baseline before = codec.baseline(value);
            byte[] encoded = seenByAReader(value);
            boolean byWalk = fingerprints.of(value) != Fingerprints.NONE;
            assertThat(before).isNotNull();
            assertThat(before.differs(value))
                    .as("seed %d, value %d, not changed", seed, i)
                    .isFalse();

            graphs.change();

            if (Arrays.equals(encoded, seenByAReader(value))) {
                unchanged++;
                falselyChanged += before.differs(value) ? 1 : 0;
            } else {
                changed++;
                walked += byWalk ? 1 : 0;
                assertThat(before.differs(value))
                        .as("seed %d, value %d, changed", seed, i)
                        .isTrue();
            }
        }
        System.out.printf(
                "%d changes seen (%d by walking); of %d that changed nothing %d looked like a change%n",
                changed, walked, unchanged, falselyChanged);
        assertThat(walked).isGreaterThan(5_000);
        assertThat(changed - walked).isGreaterThan(500);
        assertThat(falselyChanged).isLessThan(unchanged / 5);
    }

    /**
     * The encoding of what a reader would get: the spare room of tables goes, the order in which it iterates stays the
     * reader's. Equal immutable values are one object.
     */
    private static byte[] seenByAReader(Object value) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(canonical(value)))) {
            return canonical(in.readObject());
        }
    }

    private static byte[] canonical(Object value) throws IOException {
        Map<Object, Object> values = new HashMap<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes) {
            {
                enableReplaceObject(true);
            }

            @Override
            protected Object replaceObject(Object object) {
                return codecHas(object) ? values.computeIfAbsent(object, same -> same) : object;
            }
        }) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    private static boolean codecHas(Object object) {
        return SimpleValues.isImmutable(object.getClass());
    }

    @Test
    void sharingIsContent() {
        Bean first = new Bean();
        Bean second = new Bean();
        WideBean owner = new WideBean();
        owner.a = first;
        owner.b = first;
        Baseline baseline = codec.baseline(owner);
        owner.b = second;
        assertThat(baseline.differs(owner)).isTrue();
        owner.b = first;
        assertThat(baseline.differs(owner)).isFalse();
    }

    @Test
    void equalTextInAnotherObjectIsNoChange() {
        Bean bean = new Bean();
        bean.text = "abc";
        bean.any = bean.text;
        Baseline baseline = codec.baseline(bean);
        bean.text = new String("abc");
        assertThat(baseline.differs(bean)).isFalse();
    }

    @Test
    void textsOfOneHashCodeDiffer() {
        Bean bean = new Bean();
        bean.text = "Aa";
        Baseline baseline = codec.baseline(bean);
        bean.text = "BB";
        assertThat(baseline.differs(bean)).isTrue();
    }

    @Test
    void anotherOrderOfAccessIsAChange() {
        Bean bean = new Bean();
        LinkedHashMap<String, String> byInsertion = new LinkedHashMap<>(Map.of("a", "b"));
        LinkedHashMap<String, String> byAccess = new LinkedHashMap<>(16, 0.75f, true);
        byAccess.putAll(byInsertion);
        bean.any = byInsertion;
        Baseline baseline = codec.baseline(bean);
        bean.any = byAccess;
        assertThat(baseline.differs(bean)).isTrue();
    }

    @Test
    void aListOfAHundredThousandLinkedBeansIsWalkedToItsEnd() {
        Bean first = new Bean();
        Bean last = first;
        for (int i = 0; i < 100_000; i++) {
            last.next = new Bean();
            last = last.next;
        }
        long before = fingerprints.of(first);
        assertThat(before).isNotEqualTo(Fingerprints.NONE).isEqualTo(fingerprints.of(first));
        last.number++;
        assertThat(fingerprints.of(first)).isNotEqualTo(before);
        last.number--;
        last.any = first;
        assertThat(fingerprints.of(first)).isNotEqualTo(before);
        assertThatThrownBy(() -> codec.encode("chain", first))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining("'chain'");
    }

    @Test
    void oneOfAHundredThousandIsFound() {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            Bean bean = new Bean();
            bean.number = i;
            list.add(bean);
        }
        Baseline baseline = codec.baseline(list);
        assertThat(baseline.differs(list)).isFalse();
        ((Bean) list.get(77_777)).flag = true;
        assertThat(baseline.differs(list)).isTrue();
    }

    @Test
    void datesAndByteArraysAreNoticedWhenChangedInPlace() {
        Date date = new Date(1);
        byte[] bytes = new byte[100];
        Baseline ofDate = codec.baseline(date);
        Baseline ofBytes = codec.baseline(bytes);
        assertThat(ofDate.differs(date) || ofBytes.differs(bytes)).isFalse();
        date.setTime(2);
        bytes[99] = 1;
        assertThat(ofDate.differs(date)).isTrue();
        assertThat(ofBytes.differs(bytes)).isTrue();
    }

    @Test
    void aViewOfAListIsComparedByItsEncoding() {
        WideBean bean = new WideBean();
        bean.list = new ArrayList<>(List.of("a"));
        bean.any = Collections.unmodifiableList(bean.list);
        assertThat(fingerprints.of(bean)).isEqualTo(Fingerprints.NONE);
        Baseline baseline = codec.baseline(bean);
        bean.any = Collections.unmodifiableList(new ArrayList<>(bean.list));
        assertThat(baseline.differs(bean)).isTrue();
    }

    @Test
    void whatCannotBeEncodedHasNoBaseline() {
        assertThat(codec.baseline(new Object())).isNull();
        assertThat(codec.baseline(new ArrayList<>(List.of(new Object())))).isNull();
    }

    static final class Counted implements Serializable {
        private static final long serialVersionUID = 1;
        int content;
        transient int written;

        private void writeObject(ObjectOutputStream out) throws IOException {
            written++;
            out.defaultWriteObject();
        }
    }

    @Test
    void aClassThatWritesItselfIsWrittenOncePerComparisonAndSave() {
        Counted counted = new Counted();
        Baseline baseline = codec.encodeAndLook("a", counted).baseline();
        assertThat(counted.written).isEqualTo(1);
        assertThat(codec.encodeIfDifferent("a", counted, baseline)).isNull();
        assertThat(counted.written).isEqualTo(2);
        counted.content = 5;
        assertThat(codec.encodeIfDifferent("a", counted, baseline)).isNotNull();
        assertThat(counted.written).isEqualTo(3);
    }

    @Test
    void theBaselineOfASaveIsOfWhatWasSaved() throws Exception {
        Bean bean = new Bean();
        AttributeCodec.Encoded encoded = codec.encodeAndLook("a", bean);
        assertThat(encoded.baseline().differs(bean)).isFalse();
        assertThat(codec.encodeIfDifferent("a", bean, encoded.baseline())).isNull();
        bean.text = "new";
        AttributeCodec.Encoded next = codec.encodeIfDifferent("a", bean, encoded.baseline());
        assertThat(((Bean) codec.decode(next.bytes())).text).isEqualTo("new");
        assertThat(next.baseline().differs(bean)).isFalse();
    }
}
