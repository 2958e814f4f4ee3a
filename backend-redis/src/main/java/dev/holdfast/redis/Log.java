package dev.holdfast.redis;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one name under which the Redis store logs. */
final class Log {

    static final Logger LOG = LoggerFactory.getLogger("dev.holdfast.redis");

    private Log() {}
}
