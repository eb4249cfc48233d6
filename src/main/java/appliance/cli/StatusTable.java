package appliance.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The status for a terminal: a line on the cluster, a line for each member, then the warnings. */
final class StatusTable {

  private static final List<String> HEAD = List.of(
      "NODE",
      "ROLE",
      "STATE",
      "REQUESTS",
      "ACTIVE",
      "APP",
      "DATABASE",
      "LAG",
      "FILES",
      "PENDING",
      "REASON");

  private StatusTable() {}

  static void print(JsonObject status, PrintWriter out) {
    String master = text(status, "master");
    out.println("cluster " + text(status, "cluster")
        + "   master " + (master.isEmpty() ? "none" : master)
        + "   epoch " + text(status, "epoch")
        + "   quorum " + (text(status, "quorum").equals("true") ? "yes" : "no"));
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    status
        .getAsJsonArray("members")
        .forEach(member -> rows.add(row(member.getAsJsonObject(), master)));
    printAligned(rows, out);
    JsonElement warnings = status.get("warnings");
    if (warnings != null && warnings.isJsonArray()) {
      warnings
          .getAsJsonArray()
          .forEach(warning -> out.println("! " + printable(warning.getAsString())));
    }
  }

  private static List<String> row(JsonObject member, String master) {
    JsonObject edge = member.getAsJsonObject("edge");
    JsonObject app = member.getAsJsonObject("app");
    JsonObject database = member.getAsJsonObject("database");
    JsonObject media = member.getAsJsonObject("media");
    boolean healthy = text(app, "healthy").equals("true");
    boolean down = text(member, "state").equals("DOWN");
    String reason = text(member, "reason");
    return List.of(
        text(member, "name"),
        role(member, master),
        text(member, "state"),
        text(edge, "requests"),
        down ? "-" : text(edge, "active"),
        text(app, "url").isEmpty() ? "-" : healthy ? "ok" : "FAILED",
        down
            ? "-"
            : orDash(
                (text(database, "engine") + " " + text(database, "state")).replace("none", "")),
        down || text(database, "position").isEmpty() ? "-" : lag(text(database, "lagMillis")),
        text(media, "files"),
        text(media, "pending"),
        reason.isEmpty() && !healthy && !text(app, "url").isEmpty() ? text(app, "reason") : reason);
  }

  /** Below 0 it is not known yet. */
  private static String lag(String millis) {
    return millis.startsWith("-") ? "-" : millis + " ms";
  }

  private static String role(JsonObject member, String master) {
    if (text(member, "state").equals("WITNESS")) {
      return "witness";
    }
    return text(member, "name").equals(master) ? "master" : "replica";
  }

  private static String orDash(String text) {
    return text.isBlank() ? "-" : text.strip();
  }

  /** Empty for null and for what is not there. */
  private static String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || value.isJsonNull() ? "" : printable(value.getAsString());
  }

  /** What came over the network must not steer the terminal. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static void printAligned(List<List<String>> rows, PrintWriter out) {
    int[] widths = new int[HEAD.size()];
    rows.forEach(row -> {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    });
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        boolean number = row.get(i).matches("[0-9].*|REQUESTS|ACTIVE|LAG|FILES|PENDING");
        String format = "%" + (number ? "" : "-") + widths[i] + "s  ";
        line.append(String.format(Locale.ROOT, format, row.get(i)));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
