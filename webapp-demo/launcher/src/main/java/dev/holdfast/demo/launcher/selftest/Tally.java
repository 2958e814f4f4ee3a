package dev.holdfast.demo.launcher.selftest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What all visitors have counted and found. Thread-safe. */
final class Tally {
    private static final int DETAILS_KEPT = 200;

    final LongAdder requests = new LongAdder();
    final LongAdder clicks = new LongAdder();
    final LongAdder writesAcknowledged = new LongAdder();
    final LongAdder writesUnacknowledged = new LongAdder();
    final LongAdder unavailable = new LongAdder();
    final LongAdder broken = new LongAdder();
    final LongAdder sessions = new LongAdder();
    final LongAdder sessionsGivenUp = new LongAdder();
    final LongAdder logins = new LongAdder();
    final LongAdder logouts = new LongAdder();
    final LongAdder eventsChecked = new LongAdder();
    final LongAccumulator longestOutageMillis = new LongAccumulator(Math::max, 0);

    private final Map<String, LongAdder> answersByNode = new ConcurrentHashMap<>();
    private final Map<Finding, LongAdder> findings = new EnumMap<>(Finding.class);
    private final List<String> details = Collections.synchronizedList(new ArrayList<>());

    Tally() {
        for (Finding finding : Finding.values()) {
            findings.put(finding, new LongAdder());
        }
    }

    void answeredBy(String node) {
        answersByNode.computeIfAbsent(node, name -> new LongAdder()).increment();
    }

    /** Answers by node's name, in alphabetical order. */
    Map<String, Long> answersByNode() {
        Map<String, Long> copy = new TreeMap<>();
        answersByNode.forEach((node, count) -> copy.put(node, count.sum()));
        return copy;
    }

    /** @param detail for the operator: no full session id, no note's text */
    void found(Finding finding, int times, String detail) {
        LongAdder count = findings.get(finding);
        if (count == null || times == 0) {
            return;
        }
        count.add(times);
        if (details.size() < DETAILS_KEPT) {
            details.add(finding.title() + ": " + detail);
        }
    }

    long count(Finding finding) {
        LongAdder count = findings.get(finding);
        return count == null ? 0 : count.sum();
    }

    boolean isClean() {
        return findings.values().stream().allMatch(count -> count.sum() == 0);
    }

    List<String> details() {
        synchronized (details) {
            return List.copyOf(details);
        }
    }
}
