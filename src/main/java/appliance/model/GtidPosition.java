package appliance.model;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A place in the master's history: the last transaction of each replication domain, written as
 * MariaDB writes {@code gtid_binlog_pos}, {@code 0-1-42,7-2-9}. Empty means before the first.
 */
public record GtidPosition(Map<Long, Gtid> lastByDomain) {

  public static final GtidPosition START = new GtidPosition(Map.of());

  public GtidPosition {
    lastByDomain = Map.copyOf(lastByDomain);
  }

  /**
   * Reads MariaDB's list; domains in any order, spaces allowed.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static GtidPosition parse(String text) {
    GtidPosition position = START;
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        position = position.with(Gtid.parse(part));
      }
    }
    return position;
  }

  /** This position, moved to {@code gtid} in its domain. */
  public GtidPosition with(Gtid gtid) {
    Map<Long, Gtid> moved = new TreeMap<>(lastByDomain);
    moved.put(gtid.domain(), gtid);
    return new GtidPosition(moved);
  }

  /** Whether {@code gtid} is at or before this position. */
  public boolean covers(Gtid gtid) {
    Gtid last = lastByDomain.get(gtid.domain());
    return last != null && last.sequence() >= gtid.sequence();
  }

  /** Whether all that {@code other} covers is covered here. */
  public boolean covers(GtidPosition other) {
    Collection<Gtid> others = other.lastByDomain.values();
    return others.stream().allMatch(this::covers);
  }

  @Override
  public String toString() {
    return new TreeMap<>(lastByDomain)
        .values().stream().map(Gtid::toString).collect(Collectors.joining(","));
  }
}
