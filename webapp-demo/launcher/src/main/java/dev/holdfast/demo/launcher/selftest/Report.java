package dev.holdfast.demo.launcher.selftest;

import dev.holdfast.demo.launcher.balancer.BalancerCounts;
import dev.holdfast.demo.launcher.cluster.DemoCluster;
import java.io.PrintStream;
import java.util.List;

/** The table at the end. */
final class Report {
    private static final int DETAILS_SHOWN = 20;

    private final Tally tally;
    private final DemoCluster cluster;
    private final SelfTest.Plan plan;
    private final long seconds;

    Report(Tally tally, DemoCluster cluster, SelfTest.Plan plan, long seconds) {
        this.tally = tally;
        this.cluster = cluster;
        this.plan = plan;
        this.seconds = seconds;
    }

    void print(PrintStream out) {
        BalancerCounts balancer = cluster.balancerCounts();
        out.println();
        row(out, "clicks", tally.clicks.sum());
        row(out, "requests", tally.requests.sum());
        tally.answersByNode().forEach((node, count) -> row(out, "  answered by " + node, count));
        if (balancer != null) {
            row(out, "retried by the balancer", balancer.retried());
            row(out, "  not sent before", balancer.retriedUnsent());
            row(out, "  reads broken off", balancer.retriedBroken());
            row(out, "  reads answered 503", balancer.retriedUnavailable());
        }
        row(out, "answers 502, 503, 504", tally.unavailable.sum());
        row(out, "answers broken off", tally.broken.sum());
        row(out, "longest time without an answer, ms", tally.longestOutageMillis.get());
        row(out, "writes acknowledged", tally.writesAcknowledged.sum());
        row(out, "writes not acknowledged", tally.writesUnacknowledged.sum());
        row(out, "sessions", tally.sessions.sum());
        row(out, "  given up: a write, login or logout unanswered", tally.sessionsGivenUp.sum());
        row(out, "logins", tally.logins.sum());
        row(out, "logouts", tally.logouts.sum());
        row(out, "listener events that must be there", tally.eventsChecked.sum());
        out.println("  " + "-".repeat(58));
        for (Finding finding : Finding.values()) {
            row(out, finding.title(), tally.count(finding));
        }
        details(out);
        out.println();
        out.println(
                tally.isClean()
                        ? "Nothing was lost. (" + seconds + " s, seed " + plan.seed() + ")"
                        : "FAILED (" + seconds + " s, seed " + plan.seed() + ")");
    }

    private void details(PrintStream out) {
        List<String> details = tally.details();
        if (!details.isEmpty()) {
            out.println();
            details.stream().limit(DETAILS_SHOWN).forEach(detail -> out.println("  " + detail));
            if (details.size() > DETAILS_SHOWN) {
                out.println("  and more");
            }
        }
    }

    private static void row(PrintStream out, String what, long count) {
        out.printf("  %-44s %,13d%n", what, count);
    }
}
