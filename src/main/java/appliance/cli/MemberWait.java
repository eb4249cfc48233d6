package appliance.cli;

import appliance.runtime.ExitCode;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;

/** Asks again and again for a member's state. */
final class MemberWait {

  /** Longer than the default of {@code --drain-time}, after which what still runs is cut. */
  static final String DRAIN_SECONDS = "900";

  private static final String GONE = "gone";

  private MemberWait() {}

  /** Returns once {@code member} is drained; fails at once if it is down, as nobody can tell then. */
  static void untilDrained(AdminClient client, String member, Duration poll, Instant end)
      throws CommandFailure {
    String last = stateOf(client.status(), member);
    while (!last.equals("DRAINED")) {
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
      if (Instant.now().isAfter(end)) {
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
