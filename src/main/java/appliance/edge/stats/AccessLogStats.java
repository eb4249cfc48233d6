package appliance.edge.stats;

import appliance.edge.log.AccessLog;
import appliance.status.Section;
import java.util.Optional;

/** What an operator sees of the access log; nothing if there is none. */
public record AccessLogStats(Optional<AccessLog> log) {

  /** For the operator. */
  public void tell(Section.Builder section) {
    log.ifPresent(now -> section
        .counter("accessLogLines", now.written())
        .counter("accessLogDropped", now.dropped())
        .text("accessLogFailure", now.failure()));
  }
}
