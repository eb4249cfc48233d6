package appliance.admin;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One whole answer of the admin.
 *
 * @param headers names in lower case, one value each
 * @param body all there is to say is text, sent as UTF-8
 */
record Response(int status, Map<String, String> headers, String body) {

  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  Response {
    headers = Map.copyOf(headers);
  }

  /** Texts, numbers, booleans, nulls, maps and lists; never to be stored by anyone. */
  static Response json(int status, Object value) {
    return text(status, "application/json; charset=utf-8", GSON.toJson(value) + "\n");
  }

  /** {@code {"error": "what is wrong and what to do"}}. */
  static Response error(int status, String message) {
    return json(status, Map.of("error", message));
  }

  static Response text(int status, String contentType, String text) {
    return new Response(
        status, Map.of("content-type", contentType, "cache-control", "no-store"), text);
  }

  Response with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Response(status, more, body);
  }
}
