package dev.holdfast.redis.server;

/**
 * What a server answered instead of doing what it was told. The text is the server's, hostile until checked.
 *
 * @param text without the leading minus
 */
record ErrorReply(String text) {

    private static final int SHOWN = 200;

    /** The first word, such as MOVED; ERR for what is none. */
    String code() {
        int end = text.indexOf(' ');
        String word = end < 0 ? text : text.substring(0, end);
        return word.matches("[A-Z]{2,30}") ? word : "ERR";
    }

    /** Whether another server may be the master now, or this one soon; it has done nothing. */
    boolean isOfNoMaster() {
        return switch (code()) {
            case "READONLY", "LOADING", "MASTERDOWN" -> true;
            // Redis 6 wraps what a script ran into.
            default -> text.contains("-READONLY ");
        };
    }

    /** Whether it is about the server, and not about what it was asked. */
    boolean saysDown() {
        return isOfNoMaster() || code().equals("CLUSTERDOWN");
    }

    /** For an operator: what is wrong, and what to do about it. Without keys and values. */
    String explained(String command) {
        return switch (code()) {
            case "WRONGPASS" ->
                "the server refuses user or password; correct redis.user and redis.password (or those in the address)";
            case "NOAUTH" -> "the server asks for a password; set redis.password";
            case "NOPERM" ->
                "the user lacks the permission for " + command
                        + " (if that runs a script, perhaps for a command in it) on the"
                        + " keys hf:*; give it by ACL SETUSER, docs/stores/redis.md has the whole list";
            case "DENIED" ->
                "the server is in protected mode and refuses other hosts; give it a password (requirepass) or an ACL user";
            case "READONLY" ->
                "the server is a replica; name the master, or let Sentinels tell it: redis-sentinel://<master>@<sentinel>";
            case "LOADING" -> "the server is loading its data";
            case "MASTERDOWN" -> "the server is a replica that has lost its master";
            case "MOVED", "ASK", "CROSSSLOT" ->
                "the server is part of a Redis Cluster; write redis-cluster:// in front of its address";
            case "CLUSTERDOWN" -> "the cluster is down (a part of its slots has no master)";
            case "TRYAGAIN" -> "the slot is on its way to another node";
            case "OOM" -> "the server is full (maxmemory) and may not evict; give it more memory";
            case "MISCONF" -> "the server cannot write to its disk and therefore accepts no writes (see its log)";
            case "NOREPLICAS" -> "the server has fewer replicas than its min-replicas-to-write asks for";
            case "BUSY" -> "the server is busy with a script (SCRIPT KILL ends it)";
            default -> {
                if (text.contains("invalid password") || text.contains("without any password configured")) {
                    yield "the server does not accept the password: it has none (leave redis.password out), or another one";
                }
                if (text.contains("DB index is out of range")) {
                    yield "the server has no such database; correct the number after the / of the address";
                }
                if (text.contains("max number of clients")) {
                    yield "the server has no connection left (maxclients)";
                }
                yield command + " was refused: " + shown();
            }
        };
    }

    /** Shortened, and without the arguments that a server repeats when it does not know a command. */
    private String shown() {
        int arguments = text.indexOf(", with args beginning");
        String cut = arguments < 0 ? text : text.substring(0, arguments);
        return cut.substring(0, Math.min(SHOWN, cut.length())).replaceAll("[^\\x20-\\x7e]", "?");
    }

    @Override
    public String toString() {
        return code();
    }
}
