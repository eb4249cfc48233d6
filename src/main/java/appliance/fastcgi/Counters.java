package appliance.fastcgi;

import java.util.concurrent.atomic.LongAdder;

/** What has happened since the start; any thread may count. */
record Counters(
    LongAdder requests,
    LongAdder failures,
    LongAdder refused,
    LongAdder retries,
    LongAdder aborted,
    LongAdder connections,
    LongAdder stderrLines) {

  Counters() {
    this(
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder());
  }
}
