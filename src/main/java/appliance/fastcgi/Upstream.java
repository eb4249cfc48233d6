package appliance.fastcgi;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all connections to one php share.
 *
 * @param checks how many calls that only ask how php is are with it now
 */
record Upstream(
    PhpAddress address,
    FastCgiLimits limits,
    Counters counters,
    AtomicInteger checks,
    RateLimitedLog phpLog,
    RateLimitedLog failures,
    Buffers buffers,
    Outage outage) {}
