package dev.holdfast.demo.launcher.balancer;

/**
 * What a balancer has done so far.
 *
 * @param requests that came in
 * @param retriedUnsent sent to another node because the first took no connection: no byte had left
 * @param retriedBroken reads sent to another node because the first broke off before anything was passed on
 * @param retriedUnavailable reads sent to another node because the first answered 503 with Retry-After
 * @param failed requests answered with an error of the balancer itself, or broken off
 */
public record BalancerCounts(
        long requests, long retriedUnsent, long retriedBroken, long retriedUnavailable, long failed) {

    public long retried() {
        return retriedUnsent + retriedBroken + retriedUnavailable;
    }
}
