package appliance.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;

/** What an operator may lose by force: told before it is done. */
final class LossReport {

  private static final String ROW = "%-20s %-9s %12s  %-30s %s%n";

  private LossReport() {}

  /** Of going on with one node alone. */
  static void ofGoingOnAlone(JsonObject status, PrintWriter out) {
    places(status, out);
    out.println(
        "Anything that only unreachable nodes have (log, database, media) is lost. These nodes must"
            + " not go on serving: before one starts again, run 'appliance new-identity' on it. If one of"
            + " them is ahead of this node, run this command there instead.");
    out.flush();
  }

  /** Of a new master while a majority is there. */
  static void ofPromoting(String member, JsonObject status, PrintWriter out) {
    places(status, out);
    out.println(
        "Changes of the database that " + member + "'s position does not have may be missing"
            + " afterwards. The other nodes go on as they are.");
    out.flush();
  }

  /** Each node's place in the log and in the database, as last heard. */
  private static void places(JsonObject status, PrintWriter out) {
    out.printf(Locale.ROOT, ROW, "NODE", "STATE", "LOG INDEX", "DATABASE POSITION", "AS OF");
    for (JsonElement each : status.getAsJsonArray("members")) {
      JsonObject member = each.getAsJsonObject();
      String age = text(member, "newsAgeMillis");
      out.printf(
          Locale.ROOT,
          ROW,
          text(member, "name"),
          text(member, "state"),
          orUnknown(text(section(member, "cluster"), "lastIndex")),
          orUnknown(text(section(member, "database"), "position")),
          age.isEmpty() ? "never heard" : Long.parseLong(age) / 1000 + " s ago");
    }
  }

  static String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || value.isJsonNull()
        ? ""
        : value.getAsString().replaceAll("\\p{Cntrl}", "?");
  }

  private static JsonObject section(JsonObject member, String name) {
    JsonElement section = member.get(name);
    return section == null || !section.isJsonObject()
        ? new JsonObject()
        : section.getAsJsonObject();
  }

  private static String orUnknown(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
