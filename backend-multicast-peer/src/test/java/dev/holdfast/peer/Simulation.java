package dev.holdfast.peer;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import dev.holdfast.spi.kit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Members without a network, in one thread and by one seed: messages overtake each other, each member learns of each view when
 * the dice say so, members join, leave, die, are expelled while they still run, and come back; the network falls into two sides
 * that go on, and heals. Writers note what was acknowledged, and what anybody has read, and every later read is compared with both.
 */
final class Simulation {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofMinutes(1), Duration.ofMillis(300), Duration.ofMinutes(10), Duration.ofHours(30));
    /** Long enough for others to go on meanwhile. */
    private static final Duration READ_LEASE = Duration.ofMillis(120);
    /** In some runs: an owner that does not wait for it is caught sooner, but members change less often, as all wait for it. */
    private static final Duration LONG_READ_LEASE = Duration.ofMillis(250);

    private static final int SESSIONS = 4;
    private static final int WRITERS = 4;
    private static final int READERS = 2;
    private static final int MOST_MEMBERS = 5;

    /** @param notBefore the step before which it does not arrive: one in eight messages is slow */
    private record Sent(Node from, Member to, byte[] bytes, int notBefore) {}

    private record Coming(Epoch epoch, Side side, int notBefore) {}

    /**
     * A part of the network whose members reach each other, from when it comes into being until it falls apart or is joined
     * with another.
     *
     * @param before the parts that its members come from, and those before them: what was acknowledged there is known here
     * @param split of which it is a part; null if it was put together
     */
    private record Side(int number, Set<Integer> before, Side split) {
        boolean knows(int other) {
            return number == other || before.contains(other);
        }

        static Set<Integer> past(Side... sides) {
            Set<Integer> past = new HashSet<>();
            for (Side side : sides) {
                past.add(side.number);
                past.addAll(side.before);
            }
            return past;
        }
    }

    /** One member and the world as it sees it. */
    private final class Node implements Network {
        final Member self = new Member(random.nextLong(), random.nextLong());
        final Deque<Runnable> tasks = new ArrayDeque<>();
        final Deque<Coming> views = new ArrayDeque<>();
        final PeerNode node =
                new PeerNode(self, "shop", new SessionLifecycle(POLICY), time, time, readLease, this, tasks::add);
        /** What it has last loaded of each session, as a near cache would. */
        final Map<SessionKey, SessionSnapshot> known = new HashMap<>();

        boolean expelled;
        boolean leaving;
        Side side;
        /** Of the view that it has installed. */
        Side believed;

        Node(Side side) {
            this.side = side;
            believed = side;
        }

        /** What was acknowledged there, this member has to know. That the network has healed it may not have heard yet. */
        Side knowing() {
            return believed == side.split ? side : believed;
        }

        @Override
        public void send(Member to, byte[] message) {
            int delay = random.nextInt(8) == 0 ? random.nextInt(600) : 0;
            underWay.add(new Sent(this, to, message, stepsDone + delay));
        }

        @Override
        public void doubt(Member member) {}

        @Override
        public void together(Runnable work) {
            work.run();
        }

        boolean isSettled() {
            return views.isEmpty() && node.isSettled();
        }
    }

    /** One user: one operation at a time, on any member; a name of its own in every session, a new one after a failure. Some only read. */
    private final class Writer {
        final int number;
        /** The part of the network that this user reaches. */
        int side;

        final List<Written> written = new ArrayList<>();
        boolean busy;

        Writer(int number) {
            this.number = number;
            for (int i = 0; i < SESSIONS; i++) {
                written.add(new Written(name()));
            }
        }

        String name() {
            return "w" + number + "." + names++;
        }

        void act() {
            busy = true;
            int session = random.nextInt(SESSIONS);
            Node at = random.nextBoolean() ? anyHome(key(session), side) : anyOf(side);
            if (at == null) {
                busy = false;
                return;
            }
            SessionKey key = key(session);
            Side knowing = at.knowing();
            if (!written.get(session).acknowledged.keySet().stream().allMatch(knowing::knows)) {
                // The network has just healed. Two writes of one attribute, one on either side: the later one stays,
                // and
                // within a millisecond chance decides which that is.
                busy = false;
                return;
            }
            boolean wasRemoved = isRemoved(key, knowing);
            int acknowledgedBefore = written.get(session).acknowledgedTo(knowing);
            Map<String, Integer> seenBefore = seenTo(session, knowing);
            String name = written.get(session).name;
            boolean readsOnly = number >= WRITERS;
            long deadline = time.nanos() + POLICY.timeout().toNanos();
            SessionSnapshot known = random.nextBoolean() ? at.known.get(key) : null;
            long knownVersion = known == null ? Version.NONE : known.version();
            at.node.ask(new Message.Load(key, knownVersion, Access.NONE), deadline, answer -> {
                busy = false;
                if (!(answer instanceof Message.LoadedIs is)) {
                    return;
                }
                Loaded.Found found = whole(is.loaded(), known);
                if (found != null) {
                    at.known.put(key, found.snapshot());
                    if (wasRemoved) {
                        fail("a removed session is found again");
                    }
                    int value = value(found.snapshot(), name);
                    if (value < acknowledgedBefore) {
                        fail(name + " reads " + value + " after " + acknowledgedBefore + " was acknowledged");
                    }
                    seenBefore.forEach((other, seenValue) -> {
                        int now = value(found.snapshot(), other);
                        if (now < seenValue) {
                            fail(other + " reads " + now + " after " + seenValue + " was read");
                        }
                    });
                    see(session, found.snapshot(), at.believed.number);
                    if (!readsOnly) {
                        write(at, session, found.snapshot());
                    }
                } else if (!beingRemoved.contains(key)) {
                    fail("a session is " + is.loaded());
                } else if (wasRemoved && is.loaded() instanceof Loaded.Absent) {
                    fail("a removed session is absent");
                }
            });
        }

        private Loaded.Found whole(Loaded loaded, SessionSnapshot known) {
            if (loaded instanceof Loaded.Changed changed) {
                toldChanges++;
                return changed.onto(known);
            }
            if (loaded instanceof Loaded.Unchanged unchanged) {
                return new Loaded.Found(known, unchanged.idle(), unchanged.accessNoted());
            }
            return loaded instanceof Loaded.Found found ? found : null;
        }

        private void write(Node at, int session, SessionSnapshot base) {
            if (!running.contains(at)) {
                return;
            }
            busy = true;
            Written mine = written.get(session);
            int value = ++mine.tried;
            long deadline = time.nanos() + POLICY.timeout().toNanos();
            if (removals < MOST_REMOVALS && random.nextInt(40) == 0) {
                remove(at, key(session), deadline);
                return;
            }
            boolean wasRemoved = isRemoved(base.key(), at.knowing());
            SessionDelta delta = new SessionDelta(
                    1 + random.nextInt(Version.MAX_STAMP),
                    Map.of(mine.name, Integer.toString(value).getBytes(StandardCharsets.UTF_8)),
                    Set.of(),
                    Duration.ZERO,
                    null);
            at.node.ask(new Message.Save(base, delta, false), deadline, answer -> {
                busy = false;
                if (answer instanceof Message.SavedIs is && is.saved() instanceof Saved.Done) {
                    if (wasRemoved) {
                        fail("a save to a removed session was acknowledged");
                    }
                    mine.acknowledged.merge(at.believed.number, value, Math::max);
                    acknowledged++;
                    acknowledgedApart += network.size() > 1 ? 1 : 0;
                } else {
                    // It may take effect at any time: this name is not used again.
                    written.set(session, new Written(name()));
                }
            });
        }

        private void remove(Node at, SessionKey key, long deadline) {
            removals++;
            beingRemoved.add(key);
            at.node.ask(new Message.Remove(key, Removal.invalidation()), deadline, answer -> {
                busy = false;
                if (answer instanceof Message.RemovedIs is
                        && (is.removed() instanceof Removed.Done || is.removed() instanceof Removed.Already)) {
                    removed.computeIfAbsent(key, k -> new HashSet<>()).add(at.believed.number);
                }
            });
        }
    }

    private static final int MOST_REMOVALS = 2;

    private static final class Written {
        final String name;
        int tried;
        /** By the number of the side. */
        final Map<Integer, Integer> acknowledged = new HashMap<>();

        Written(String name) {
            this.name = name;
        }

        int acknowledgedTo(Side side) {
            return acknowledged.entrySet().stream()
                    .filter(entry -> side.knows(entry.getKey()))
                    .mapToInt(Map.Entry::getValue)
                    .max()
                    .orElse(0);
        }
    }

    private final Random random;
    private final int replicas;
    private final Duration readLease;
    private final ManualTime time = new ManualTime();
    private final List<Node> running = new ArrayList<>();
    private final List<Sent> underWay = new ArrayList<>();
    private final List<Writer> writers = new ArrayList<>();
    /** On which sides. */
    private final Map<SessionKey, Set<Integer>> removed = new HashMap<>();

    private final Set<SessionKey> beingRemoved = new HashSet<>();
    /** The highest value of each name that was read, by the number of the side; one for each session. */
    private final List<Map<String, Map<Integer, Integer>>> seen = new ArrayList<>();

    private long readsOfTheGone;
    /** One, or two that do not reach each other. */
    private List<Side> network = List.of(new Side(0, Set.of(), null));

    private int sides;
    private int acknowledgedApart;
    private int stepsDone;
    private int removals;
    private int names;
    private long lastToken;
    private int acknowledged;
    private int toldChanges;
    private int changes;
    private final List<String> wrong = new ArrayList<>();

    /** @param replicas homes of each session */
    Simulation(long seed, int replicas) {
        this.replicas = replicas;
        readLease = seed % 4 == 0 ? LONG_READ_LEASE : READ_LEASE;
        random = new Random(seed);
    }

    private static SessionKey key(int session) {
        return new SessionKey("shop", "s" + session);
    }

    private static int value(SessionSnapshot snapshot, String name) {
        StoredAttribute attribute = snapshot.attributes().get(name);
        return attribute == null ? 0 : Integer.parseInt(new String(attribute.bytes(), StandardCharsets.UTF_8));
    }

    /** What any user has read of any name, by then, where this side knows of it. */
    private Map<String, Integer> seenTo(int session, Side side) {
        Map<String, Integer> known = new HashMap<>();
        seen.get(session)
                .forEach((name, bySide) -> bySide.forEach((number, value) -> {
                    if (side.knows(number)) {
                        known.merge(name, value, Math::max);
                    }
                }));
        return known;
    }

    private void see(int session, SessionSnapshot snapshot, int side) {
        for (String name : snapshot.attributes().keySet()) {
            seen.get(session).computeIfAbsent(name, n -> new HashMap<>()).merge(side, value(snapshot, name), Math::max);
        }
    }

    private boolean isRemoved(SessionKey key, Side side) {
        return removed.getOrDefault(key, Set.of()).stream().anyMatch(side::knows);
    }

    /** Null if nobody runs there. */
    private Node anyOf(int side) {
        Side part = network.get(side % network.size());
        List<Node> there = running.stream().filter(n -> n.side == part).toList();
        return there.isEmpty() ? null : there.get(random.nextInt(there.size()));
    }

    /** One that takes itself for a home of the session, right or wrong. */
    private Node anyHome(SessionKey key, int side) {
        Side part = network.get(side % network.size());
        List<Node> there = running.stream()
                .filter(n -> n.side == part && n.node.epoch() != null)
                .filter(n -> n.node.epoch().homes(key).contains(n.self))
                .toList();
        List<Node> expelled = there.stream().filter(n -> n.expelled).toList();
        List<Node> which = expelled.isEmpty() || random.nextInt(3) == 0 ? there : expelled;
        return which.isEmpty() ? null : which.get(random.nextInt(which.size()));
    }

    private void fail(String what) {
        wrong.add(what);
    }

    /** What went wrong. */
    List<String> run(int steps) {
        for (int i = 0; i < 3; i++) {
            running.add(new Node(network.get(0)));
        }
        newView();
        calm();
        for (int i = 0; i < SESSIONS; i++) {
            seen.add(new HashMap<>());
            SessionSnapshot base =
                    SessionSnapshot.initial(key(i), Instant.ofEpochMilli(time.wallMillis()), Duration.ofHours(9));
            SessionDelta delta = new SessionDelta(1 + random.nextInt(100), Map.of(), Set.of(), Duration.ZERO, null);
            running.get(0)
                    .node
                    .ask(
                            new Message.Save(base, delta, false),
                            time.nanos() + POLICY.timeout().toNanos(),
                            answer -> {
                                if (!(answer instanceof Message.SavedIs)) {
                                    fail("cannot create: " + answer);
                                }
                            });
        }
        calm();
        for (int i = 0; i < WRITERS + READERS; i++) {
            writers.add(new Writer(i));
        }
        for (int i = 0; i < steps && wrong.isEmpty(); i++) {
            step();
        }
        if (network.size() > 1) {
            heal();
        }
        calm();
        if (!running.stream().filter(n -> !n.expelled).allMatch(Node::isSettled)) {
            fail("never settles");
        }
        for (Writer writer : writers) {
            if (writer.busy) {
                fail("an operation never ends");
            }
            for (int i = 0; i < 3 * SESSIONS; i++) {
                writer.act();
                calm();
            }
        }
        return wrong;
    }

    /** How many loads were answered by what had changed. */
    int toldChanges() {
        return toldChanges;
    }

    /** While the network was in two parts. */
    int acknowledgedApart() {
        return acknowledgedApart;
    }

    /** Answered by backups, without a message. */
    long readsAsBackup() {
        return readsOfTheGone
                + running.stream().mapToLong(n -> n.node.readsAsBackup()).sum();
    }

    int acknowledged() {
        return acknowledged;
    }

    int changes() {
        return changes;
    }

    private void step() {
        stepsDone++;
        Writer reader = writers.get(WRITERS + random.nextInt(READERS));
        if (!reader.busy && random.nextInt(20) == 0) {
            reader.act();
        }
        if (random.nextBoolean()) {
            // What readers cause comes on top of what the rest is balanced for.
            deliver();
        }
        int dice = random.nextInt(100);
        if (dice < 60) {
            deliver();
        } else if (dice < 75) {
            runTask(running.get(random.nextInt(running.size())));
        } else if (dice < 80) {
            time.advance(Duration.ofMillis(1 + random.nextInt(10)));
            running.get(random.nextInt(running.size())).node.tick();
        } else if (dice < 85) {
            installNext(running.get(random.nextInt(running.size())));
        } else if (dice == 85 && random.nextInt(40) == 0) {
            breakLink();
        } else if (dice < 99) {
            Writer writer = writers.get(random.nextInt(WRITERS));
            if (!writer.busy) {
                writer.act();
            }
        } else {
            changeMembers();
        }
    }

    private void deliver() {
        if (underWay.isEmpty()) {
            return;
        }
        // Mostly in order, often not.
        int which = random.nextInt(3) == 0 ? random.nextInt(underWay.size()) : 0;
        if (underWay.get(which).notBefore() > stepsDone) {
            // Not the one: the first that is due, if any.
            for (which = 0; which < underWay.size() && underWay.get(which).notBefore() > stepsDone; which++) {}
            if (which == underWay.size()) {
                return;
            }
        }
        Sent sent = underWay.remove(which);
        for (Node node : List.copyOf(running)) {
            if (node.self.equals(sent.to()) && node.side == sent.from().side) {
                try {
                    node.node.receive(sent.from().self, new WireReader(sent.bytes(), 0, sent.bytes().length));
                } catch (WireException e) {
                    fail("unreadable: " + e.getMessage());
                }
            }
        }
    }

    /** Both are there, but what was under way between them is lost, or some of it. */
    private void breakLink() {
        Node one = running.get(random.nextInt(running.size()));
        Node other = running.get(random.nextInt(running.size()));
        if (one != other && one.side == other.side) {
            underWay.removeIf(sent -> (sent.from() == one && sent.to().equals(other.self)
                            || sent.from() == other && sent.to().equals(one.self))
                    && random.nextBoolean());
        }
    }

    private void runTask(Node node) {
        Runnable task = node.tasks.poll();
        if (task != null) {
            task.run();
        }
    }

    private void installNext(Node node) {
        Coming next = node.views.peek();
        if (next != null && next.notBefore() <= stepsDone) {
            node.views.remove();
            node.believed = next.side();
            node.node.install(next.epoch());
        }
    }

    /** Both sides notice, each member when the dice say so. What is on its way between them is lost. */
    private void fallApart(List<Node> inView) {
        Side whole = network.get(0);
        Side one = new Side(++sides, Side.past(whole), whole);
        Side other = new Side(++sides, Side.past(whole), whole);
        network = List.of(one, other);
        time.advance(Duration.ofMillis(2));
        for (Node node : inView) {
            node.side = random.nextBoolean() ? one : other;
        }
        inView.get(0).side = one;
        inView.get(1).side = other;
        for (Writer writer : writers) {
            writer.side = random.nextInt(2);
        }
        network.forEach(this::newView);
    }

    private void heal() {
        Side whole = new Side(++sides, Side.past(network.get(0), network.get(1)), null);
        network = List.of(whole);
        time.advance(Duration.ofMillis(2));
        running.forEach(node -> node.side = whole);
        newView(whole);
    }

    private void changeMembers() {
        if (network.size() > 1) {
            // One failure at a time.
            if (random.nextInt(3) == 0) {
                heal();
            }
            return;
        }
        List<Node> inView = running.stream().filter(n -> !n.expelled).toList();
        boolean allSettled = inView.stream().allMatch(Node::isSettled);
        boolean oneIsGoing = inView.stream().anyMatch(n -> n.leaving);
        Node any = inView.get(random.nextInt(inView.size()));
        switch (random.nextInt(5)) {
            case 0 -> {
                if (inView.size() < MOST_MEMBERS) {
                    running.add(new Node(network.get(0)));
                    newView();
                }
            }
            case 1 -> {
                if (inView.size() > 1 && allSettled && !oneIsGoing) {
                    end(any);
                    // With more backups, as many may die before the rest has copied anything.
                    for (int more = 2; more < replicas && inView.size() > more && random.nextBoolean(); more++) {
                        List<Node> left =
                                running.stream().filter(n -> !n.expelled).toList();
                        end(left.get(random.nextInt(left.size())));
                    }
                }
            }
            case 2 -> {
                if (inView.size() > 2 && allSettled && !oneIsGoing) {
                    any.expelled = true;
                    newView();
                    // It runs on for a while, and believes what it last knew.
                }
            }
            case 3 -> {
                if (inView.size() > 1 && allSettled && !oneIsGoing && inView.size() == running.size()) {
                    fallApart(inView);
                }
            }
            default -> {
                if (inView.size() > 1 && allSettled && !oneIsGoing) {
                    any.leaving = true;
                    any.node.handOver(() -> {
                        if (running.contains(any)) {
                            end(any);
                        }
                    });
                }
            }
        }
        for (Node expelled : running.stream().filter(n -> n.expelled).toList()) {
            // Long enough, mostly, for others to go on without it while users still ask it.
            switch (random.nextInt(25)) {
                case 0, 1 -> end(expelled);
                case 2 -> {
                    // It was only slow, and comes back with what it has.
                    expelled.expelled = false;
                    newView();
                }
                default -> {}
            }
        }
    }

    /** It dies: some of what it has sent still arrives. */
    private void end(Node node) {
        running.remove(node);
        readsOfTheGone += node.node.readsAsBackup();
        underWay.removeIf(sent -> sent.from() == node && random.nextBoolean());
        node.node.close();
        if (!node.expelled) {
            newView();
        }
    }

    private void newView() {
        network.forEach(this::newView);
    }

    private void newView(Side side) {
        List<Node> inView =
                running.stream().filter(n -> !n.expelled && n.side == side).toList();
        if (inView.isEmpty()) {
            return;
        }
        changes++;
        Epoch epoch = new Epoch(++lastToken, inView.stream().map(n -> n.self).toList(), replicas);
        inView.forEach(n -> n.views.add(new Coming(epoch, side, stepsDone + random.nextInt(2) * random.nextInt(400))));
    }

    /** Until nothing is left to do. */
    private void calm() {
        for (int i = 0; i < 4_000; i++) {
            stepsDone += 1_000;
            while (!underWay.isEmpty()) {
                stepsDone += 1_000;
                deliver();
            }
            for (Node node : List.copyOf(running)) {
                installNext(node);
                while (!node.tasks.isEmpty()) {
                    runTask(node);
                }
                node.node.tick();
            }
            time.advance(Duration.ofMillis(10));
            boolean quiet = underWay.isEmpty()
                    && writers.stream().noneMatch(w -> w.busy)
                    && running.stream().allMatch(n -> n.views.isEmpty() && n.tasks.isEmpty())
                    && running.stream().filter(n -> !n.expelled).allMatch(Node::isSettled);
            if (quiet) {
                return;
            }
        }
    }
}
