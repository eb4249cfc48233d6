package appliance.cluster.mastery;

import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.model.Epoch;
import appliance.model.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds attendants of the present epoch whose last confirmation has surely run out: they are given no
 * writes any more, or are dead, and a hand-over need not wait for them. The cluster's loop owns it.
 */
final class Absentees {

  private final Map<NodeId, Seen> seen = new HashMap<>();

  /**
   * @param at the confirmation's place in the log, the last one that was seen here
   * @param since when it was seen first: it had been asked for before that
   */
  private record Seen(Epoch epoch, long at, long since) {}

  /**
   * The next one to strike out.
   *
   * @param grace longer than a confirmation counts, by any clock
   */
  Optional<MasterCommand.Quit> next(Mastership mastership, long nanoTime, Duration grace) {
    Map<NodeId, Long> attendants = mastership.attendants().last();
    if (attendants.isEmpty()) {
      seen.clear();
      return Optional.empty();
    }
    seen.keySet().retainAll(attendants.keySet());
    attendants.forEach((id, at) -> seen.compute(
        id,
        (same, known) -> known != null && known.at == at && known.epoch.equals(mastership.epoch())
            ? known
            : new Seen(mastership.epoch(), at, nanoTime)));
    return seen.entrySet().stream()
        .filter(each -> nanoTime - each.getValue().since > grace.toNanos())
        .map(each -> new MasterCommand.Quit(mastership.epoch(), each.getKey(), each.getValue().at))
        .findFirst();
  }
}
