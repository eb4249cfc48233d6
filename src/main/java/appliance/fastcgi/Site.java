package appliance.fastcgi;

/** What all connections to one php share. */
record Site(
    PhpAddress address,
    FastCgiLimits limits,
    Counters counters,
    RateLimitedLog phpLog,
    RateLimitedLog failures,
    Buffers buffers) {}
