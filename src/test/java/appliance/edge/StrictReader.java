package appliance.edge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a client's bytes as RFC 9112 has it, and stops at the first that can be read in two ways. It
 * shares no code with the edge: what the edge hands on must be among what this finds.
 */
final class StrictReader {

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /**
   * One request.
   *
   * @param target in origin form, slashes made single
   * @param whole whether its body was there to the end
   */
  record Found(String method, String target, String body, boolean whole) {

    /** Whether this, seen by an application, may be {@code sent}, of which it may lack an end. */
    boolean mayBe(Found sent) {
      boolean sameBody = whole
          ? sent.whole && body.equals(sent.body)
          : sent.body.startsWith(body) || body.startsWith(sent.body);
      return method.equals(sent.method) && target.equals(sent.target) && sameBody;
    }
  }

  /** The bytes end, or are ambiguous. */
  private static final class Stop extends Exception {

    private static final long serialVersionUID = 1;

    Stop() {
      super(null, null, false, false);
    }
  }

  private final String bytes;
  private final List<Found> found = new ArrayList<>();
  private int at;

  private StrictReader(String bytes) {
    this.bytes = bytes;
  }

  static List<Found> read(String bytes) {
    StrictReader reader = new StrictReader(bytes);
    try {
      while (reader.at < bytes.length()) {
        reader.request();
      }
    } catch (Stop e) {
      return reader.found;
    }
    return reader.found;
  }

  private void request() throws Stop {
    while (bytes.startsWith("\r\n", at)) {
      at += 2;
    }
    String[] start = line().split(" ", -1);
    stopUnless(start.length == 3
        && start[0].matches(TOKEN)
        && start[1].matches("[!-~]+")
        && start[2].matches("HTTP/1\\.[01]"));
    Map<String, List<String>> fields = fields();
    List<String> codings = fields.getOrDefault("transfer-encoding", List.of());
    List<String> lengths = fields.getOrDefault("content-length", List.of());
    List<String> hosts = fields.getOrDefault("host", List.of());
    boolean http10 = start[2].endsWith(".0");
    stopUnless(hosts.size() == 1 || (hosts.isEmpty() && http10));
    stopUnless(codings.isEmpty() || (lengths.isEmpty() && !http10));
    stopUnless(codings.isEmpty() || codings.equals(List.of("chunked")));
    stopUnless(lengths.isEmpty() || (lengths.size() == 1 && lengths.get(0).matches("\\d{1,18}")));
    StringBuilder body = new StringBuilder();
    boolean whole = false;
    try {
      if (!codings.isEmpty()) {
        chunks(body);
      } else if (!lengths.isEmpty()) {
        take(body, Long.parseLong(lengths.get(0)));
      }
      whole = true;
    } finally {
      found.add(new Found(start[0], origin(start[1]), body.toString(), whole));
    }
  }

  private static void stopUnless(boolean clear) throws Stop {
    if (!clear) {
      throw new Stop();
    }
  }

  private String line() throws Stop {
    int end = bytes.indexOf('\n', at);
    stopUnless(end > at && bytes.charAt(end - 1) == '\r');
    String line = bytes.substring(at, end - 1);
    stopUnless(line.indexOf('\r') < 0 && line.indexOf('\0') < 0);
    at = end + 1;
    return line;
  }

  private Map<String, List<String>> fields() throws Stop {
    Map<String, List<String>> fields = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      stopUnless(colon > 0 && line.substring(0, colon).matches(TOKEN));
      fields
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(
              line.substring(colon + 1).replaceAll("^[ \t]+|[ \t]+$", "").toLowerCase(Locale.ROOT));
    }
    return fields;
  }

  private void chunks(StringBuilder body) throws Stop {
    while (true) {
      String line = line();
      String size = line.split("[ \t;]", 2)[0];
      stopUnless(size.matches("[0-9A-Fa-f]{1,15}"));
      stopUnless(line.substring(size.length()).matches("[ \t]*(;.*)?"));
      long length = Long.parseLong(size, 16);
      if (length == 0) {
        fields();
        return;
      }
      take(body, length);
      stopUnless(bytes.startsWith("\r\n", at));
      at += 2;
    }
  }

  private void take(StringBuilder body, long length) throws Stop {
    int end = (int) Math.min(bytes.length(), at + length);
    body.append(bytes, at, end);
    boolean all = end - at == length;
    at = end;
    stopUnless(all);
  }

  private static String origin(String target) {
    String origin = target.replaceFirst("^(?i:https?)://[^/?]*", "");
    int query = origin.indexOf('?');
    String path = query < 0 ? origin : origin.substring(0, query);
    // Undertow takes several question marks for one.
    String rest = query < 0 ? "" : origin.substring(query).replaceFirst("^\\?+", "?");
    return (path.isEmpty() ? "/" : path.replaceAll("/+", "/")) + (rest.equals("?") ? "" : rest);
  }
}
