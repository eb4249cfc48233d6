package appliance.cli;

import appliance.runtime.ExitCode;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;

/** What going on without a majority may lose: told before it is done, and asked for. */
final class Stakes {

  private static final String ROW = "%-20s %-9s %12s  %-30s %s%n";

  private Stakes() {}

  /** Each node's place in the log and in the database, as last heard. */
  static void show(JsonObject status, PrintWriter out) {
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
    out.println(
        "What a node has in its log, its database or its media beyond this node's, and no other"
            + " reachable node has, is lost. Nodes that are left behind must not go on serving: each starts"
            + " again with --new-identity. If one of them is ahead of this node, do this there instead.");
    out.flush();
  }

  /** Returns only if the operator types {@code word}. */
  static void ask(String word, PrintWriter out) throws CommandFailure {
    out.print("Type '" + word + "' to go on: ");
    out.flush();
    try {
      String typed =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
      if (typed == null || !typed.strip().equals(word)) {
        throw new CommandFailure(
            ExitCode.FAILED, "Nothing was done. (Scripts say --yes instead of typing.)");
      }
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, "Nothing was done: " + e.getMessage(), e);
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
