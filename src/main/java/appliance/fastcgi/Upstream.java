package appliance.fastcgi;

import appliance.buffer.AnswerMemory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all connections of one site to its php share.
 *
 * @param places where its calls wait
 * @param memory for answers whose clients are slower than php
 * @param checks how many calls that only ask how php is are with it now
 */
record Upstream(
    PhpAddress address,
    FastCgiLimits limits,
    Counters counters,
    AtomicInteger checks,
    QueuePlaces places,
    RateLimitedLog phpLog,
    RateLimitedLog failures,
    AnswerMemory memory,
    Outage outage) {}
