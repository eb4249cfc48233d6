package appliance.fastcgi;

/** What all connections to one php share. */
record Upstream(
    PhpAddress address,
    FastCgiLimits limits,
    Counters counters,
    RateLimitedLog phpLog,
    RateLimitedLog failures,
    Buffers buffers,
    Outage outage) {}
