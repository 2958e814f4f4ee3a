package dev.holdfast.demo.launcher.selftest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The session events of all nodes, dead ones included, as the application's listeners wrote them down: a line each, the
 * kind, the session's id as a hash, and a detail, separated by tabs. Immutable.
 */
final class EventLog {
    private static final int ID_BYTES = 8;

    private final Map<String, List<Event>> bySession;

    private EventLog(Map<String, List<Event>> bySession) {
        this.bySession = bySession;
    }

    private record Event(String kind, String detail) {}

    /** Reads the files. A last line that a killed node left unfinished is not counted: its request got no answer. */
    static EventLog read(List<Path> files) throws IOException {
        Map<String, List<Event>> events = new HashMap<>();
        for (Path file : files) {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                String[] parts = line.split("\t", 3);
                if (parts.length != 3) {
                    throw new IOException("not a line of an event log: " + line);
                }
                events.computeIfAbsent(parts[1], hash -> new ArrayList<>()).add(new Event(parts[0], parts[2]));
            }
        }
        return new EventLog(events);
    }

    /** Looks for the events that a session must have had, and for those that it must not have had twice. */
    void check(ExpectedSession session, Tally tally) {
        if (session.ids().isEmpty()) {
            return;
        }
        if (session.areAllIdsKnown()) {
            exactly(1, count(session.ids().get(0), "CREATED", ""), "created of " + session.shortId(), tally);
            for (int i = 1; i < session.ids().size(); i++) {
                String old = hash(session.ids().get(i - 1));
                exactly(1, count(session.ids().get(i), "ID_CHANGED", old), "id changed of " + session.shortId(), tally);
                exactly(
                        0,
                        count(session.ids().get(i), "CREATED", ""),
                        "created at a login " + session.shortId(),
                        tally);
            }
            attributes(session, tally);
        }
        destroyed(session, tally);
    }

    private void attributes(ExpectedSession session, Tally tally) {
        if (session.isAdopted()) {
            return;
        }
        for (WriteKind kind : WriteKind.values()) {
            int added = countAll(session, "ATTRIBUTE_ADDED", kind.attribute());
            int replaced = countAll(session, "ATTRIBUTE_REPLACED", kind.attribute());
            ExpectedNumbers numbers = session.numbers(kind);
            int certain = numbers.acknowledgedAdds();
            int possible = certain + numbers.doubtfulAdds();
            String of = kind.attribute() + " of " + session.shortId();
            between(Math.min(1, certain), 1 + numbers.doubtfulAdds(), added, "attribute added, " + of, tally);
            if (kind == WriteKind.CART) {
                // set once, then changed in place
                exactly(0, replaced, "attribute replaced, " + of, tally);
            } else {
                between(certain, possible, added + replaced, "attribute added or replaced, " + of, tally);
            }
        }
    }

    private void destroyed(ExpectedSession session, Tally tally) {
        int destroyed = 0;
        for (String id : session.ids()) {
            destroyed += count(id, "DESTROYED", "");
        }
        if (session.isLoggedOut()) {
            exactly(1, destroyed, "destroyed of " + session.shortId(), tally);
            BitSet clicks = session.present(WriteKind.CLICKS);
            if (destroyed == 1 && session.numbers(WriteKind.CLICKS).isCertain()) {
                boolean readable = count(session.id(), "DESTROYED", NumberRanges.print(clicks)) == 1
                        || (clicks.isEmpty() && count(session.id(), "DESTROYED", "") == 1);
                exactly(1, readable ? 1 : 0, "destroyed of " + session.shortId() + " with all its clicks", tally);
            }
        } else if (!session.wasEndDoubtful()) {
            exactly(0, destroyed, "destroyed of " + session.shortId() + ", which nobody ended", tally);
        }
    }

    private static void exactly(int expected, int seen, String what, Tally tally) {
        between(expected, expected, seen, what, tally);
    }

    private static void between(int least, int most, int seen, String what, Tally tally) {
        tally.eventsChecked.add(least);
        tally.found(Finding.EVENT_MISSING, Math.max(0, least - seen), what + ": " + seen + " instead of " + least);
        tally.found(Finding.EVENT_DUPLICATE, Math.max(0, seen - most), what + ": " + seen + " instead of " + most);
    }

    private int countAll(ExpectedSession session, String kind, String detail) {
        return session.ids().stream().mapToInt(id -> count(id, kind, detail)).sum();
    }

    /** @param detail empty for any */
    private int count(String id, String kind, String detail) {
        return (int) bySession.getOrDefault(hash(id), List.of()).stream()
                .filter(event -> event.kind().equals(kind)
                        && (detail.isEmpty() || event.detail().equals(detail)))
                .count();
    }

    /** As the demo's application writes ids into its log. */
    static String hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
