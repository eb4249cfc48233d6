package appliance.edge.balance;

import appliance.edge.upstream.App;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The applications that are ready: immutable.
 *
 * @param apps ordered by member name
 * @param turns the same, each as often as its weight says and spread as evenly as can be
 * @param own this node's, if it is among them
 */
public record Candidates(
    List<App> apps, List<App> turns, @Nullable App own) {

  static final Candidates NONE = new Candidates(List.of(), List.of(), null);

  /** Takes the weights as they are now. */
  public static Candidates of(List<App> apps, @Nullable App own) {
    return new Candidates(List.copyOf(apps), turns(apps), own);
  }

  /** The smooth weighted round robin of nginx, one whole cycle of it. */
  private static List<App> turns(List<App> apps) {
    int[] weights = apps.stream().mapToInt(App::weight).toArray();
    int divisor = 0;
    int total = 0;
    for (int weight : weights) {
      divisor = greatestCommonDivisor(weight, divisor);
      total += weight;
    }
    int[] credit = new int[weights.length];
    List<App> turns = new ArrayList<>();
    for (int turn = 0; divisor > 0 && turn < total / divisor; turn++) {
      int next = 0;
      for (int i = 0; i < weights.length; i++) {
        credit[i] += weights[i];
        next = credit[i] > credit[next] ? i : next;
      }
      credit[next] -= total;
      turns.add(apps.get(next));
    }
    return List.copyOf(turns);
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
