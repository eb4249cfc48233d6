package appliance.cli;

import appliance.runtime.ExitCode;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes another node master in order, and waits until it is. */
@Command(
    name = "handover",
    mixinStandardHelpOptions = true,
    description = "Makes another node master. Writes wait for a moment; none is lost.")
final class HandoverCommand extends ClientCommand {

  private static final Duration POLL = Duration.ofMillis(100);

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NODE",
      description = "The next master. Default: the one that a failover would choose.")
  private String name = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long to wait at most. Default: ${DEFAULT-VALUE}")
  private int timeoutSeconds;

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    JsonObject before = client.status();
    client.command("handover", name);
    JsonObject after = next(client, epoch(before));
    String master = master(after);
    if (name.isEmpty() && master.equals(master(before))) {
      throw failed(master + " is still master", after);
    }
    if (!name.isEmpty() && !master.equals(name)) {
      throw failed(name + " is not master: " + master + " is", after);
    }
    out.println(master + " is master now (epoch " + epoch(after) + ").");
  }

  /** As it is once there is a master of a later epoch: that may be the same one. */
  private JsonObject next(AdminClient client, long before) throws CommandFailure {
    long end = MemberWait.endIn(timeoutSeconds);
    JsonObject status = client.status();
    while (epoch(status) <= before || master(status).isEmpty()) {
      if (MemberWait.isOver(end)) {
        throw new CommandFailure(
            ExitCode.FAILED,
            "There is no new master after " + timeoutSeconds + " s: 'appliance status' says why.");
      }
      MemberWait.sleep(POLL);
      status = client.status();
    }
    return status;
  }

  private static CommandFailure failed(String what, JsonObject status) {
    return new CommandFailure(
        ExitCode.FAILED,
        what + " (epoch " + epoch(status) + "). The log of whoever was master before says why.");
  }

  private static long epoch(JsonObject status) {
    return status.get("epoch").getAsLong();
  }

  private static String master(JsonObject status) {
    JsonElement master = status.get("master");
    return master == null || master.isJsonNull() ? "" : master.getAsString();
  }
}
