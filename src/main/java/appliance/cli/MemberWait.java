package appliance.cli;

import appliance.runtime.ExitCode;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks again and again for a member's state. */
final class MemberWait {

  /** Longer than the default of {@code --drain-time}, after which what still runs is cut. */
  static final String DRAIN_SECONDS = "900";

  private static final String GONE = "gone";

  private MemberWait() {}

  /** For {@link #isOver}; by a clock that nobody sets. */
  static long endIn(int seconds) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  static boolean isOver(long end) {
    return System.nanoTime() - end > 0;
  }

  /**
   * Returns once {@code member} is drained; fails at once if it is down, as nobody can tell then, or serves again.
   *
   * @param end as {@link #endIn} gives it
   */
  static void untilDrained(AdminClient client, String member, Duration poll, long end)
      throws CommandFailure {
    String last = stateOf(client.status(), member);
    boolean drained = false;
    while (!last.equals("DRAINED")) {
      drained |= last.equals("DRAINING");
      if (drained && last.equals("ACTIVE")) {
        throw new CommandFailure(
            ExitCode.FAILED,
            member
                + " was resumed by somebody else while it drained, and is ACTIVE again. Agree with"
                + " them, and run the same command again.");
      }
      if (last.equals(GONE)) {
        throw new CommandFailure(ExitCode.FAILED, member + " is no member any more.");
      }
      if (last.equals("DOWN")) {
        throw new CommandFailure(
            ExitCode.FAILED,
            member
                + " is down, so nobody can tell whether it has finished. It drains once it is back:"
                + " run the same command again then. If it is lost for good: appliance node remove "
                + member);
      }
      if (isOver(end)) {
        throw new CommandFailure(
            ExitCode.FAILED,
            member + " is still " + last + ", not DRAINED: it has running requests, or files"
                + " that no other node has. Run the same command again to keep waiting;"
                + " 'appliance status' shows the reason.");
      }
      sleep(poll);
      last = stateOf(client.status(), member);
    }
  }

  static String stateOf(JsonObject status, String member) {
    for (JsonElement each : status.getAsJsonArray("members")) {
      JsonObject object = each.getAsJsonObject();
      if (object.get("name").getAsString().equals(member)) {
        return object.get("state").getAsString();
      }
    }
    return GONE;
  }

  static void sleep(Duration time) throws CommandFailure {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
    }
  }
}
