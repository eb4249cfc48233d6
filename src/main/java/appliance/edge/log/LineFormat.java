package appliance.edge.log;

import java.time.ZoneId;

/** How an entry looks as a line. */
interface LineFormat {

  void write(AccessEntry entry, Line line);

  static LineFormat combined(ZoneId zone) {
    return new CombinedFormat(zone);
  }

  static LineFormat json() {
    return new JsonFormat();
  }
}
