package appliance.edge.compression;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Locale;
import java.util.Set;

/** The head of an answer that is compressed under way, or is not. */
record CompressedHead(HeaderMap headers) {

  /** What is shorter gains nothing: the head is longer than that. */
  static final int BYTES_MIN = 256;

  /** As nginx has it: not what is a part (206), or is no page at all. */
  private static final Set<Integer> STATUSES = Set.of(200, 403, 404);

  private static final HttpString DIGEST = new HttpString("Digest");
  private static final HttpString CONTENT_DIGEST = new HttpString("Content-Digest");
  private static final HttpString REPR_DIGEST = new HttpString("Repr-Digest");

  /** What says of the very bytes what they are. */
  private static final Set<HttpString> OF_THE_BYTES = Set.of(
      Headers.CONTENT_ENCODING,
      Headers.CONTENT_RANGE,
      Headers.CONTENT_MD5,
      DIGEST,
      CONTENT_DIGEST,
      REPR_DIGEST);

  /** Texts outside of {@code text/}, and what gets smaller like them. */
  private static final Set<String> TYPES = Set.of(
      "application/javascript",
      "application/x-javascript",
      "application/json",
      "application/xml",
      "application/x-ndjson",
      "application/graphql",
      "application/wasm",
      "application/vnd.ms-fontobject",
      "font/ttf",
      "font/otf",
      "image/x-icon",
      "image/bmp");

  /** Events are small, and their latency counts. */
  private static final String EVENTS = "text/event-stream";

  /** Whether an answer of this status is one that gets smaller, and may be changed. */
  boolean mayBe(int status) {
    return STATUSES.contains(status)
        && text()
        && longEnough()
        && OF_THE_BYTES.stream().noneMatch(headers::contains)
        && !says(Headers.CACHE_CONTROL, "no-transform");
  }

  private boolean text() {
    String value = headers.getFirst(Headers.CONTENT_TYPE);
    if (value == null) {
      return false;
    }
    int end = value.indexOf(';');
    String type = (end < 0 ? value : value.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return (type.startsWith("text/") && !type.equals(EVENTS))
        || TYPES.contains(type)
        || type.endsWith("+json")
        || type.endsWith("+xml");
  }

  private boolean longEnough() {
    String length = headers.getFirst(Headers.CONTENT_LENGTH);
    return length == null || length.length() > 3 || Integer.parseInt(length) >= BYTES_MIN;
  }

  private boolean says(HttpString field, String word) {
    HeaderValues lines = headers.get(field);
    return lines != null
        && lines.stream().anyMatch(line -> line.toLowerCase(Locale.ROOT).contains(word));
  }

  /** Caches must not give it to whoever takes other codings (RFC 9110, section 12.5.5). */
  void varies() {
    if (!says(Headers.VARY, "accept-encoding") && !says(Headers.VARY, "*")) {
      headers.add(Headers.VARY, "Accept-Encoding");
    }
  }

  /** Says that it is. Of the same content, but not the same bytes: RFC 9110, section 8.8.1. */
  void compressed() {
    headers.put(Headers.CONTENT_ENCODING, "gzip");
    headers.remove(Headers.CONTENT_LENGTH);
    headers.remove(Headers.ACCEPT_RANGES);
    String tag = headers.getFirst(Headers.ETAG);
    if (tag != null && strong(tag)) {
      headers.put(Headers.ETAG, "W/" + tag);
    } else if (tag != null && !tag.startsWith("W/\"")) {
      headers.remove(Headers.ETAG);
    }
  }

  private static boolean strong(String tag) {
    return tag.length() > 1 && tag.startsWith("\"") && tag.endsWith("\"");
  }

  /** Confirms the tag that a client was given with a compressed answer: only that one names what it keeps. */
  void validated(HeaderMap request) {
    String tag = headers.getFirst(Headers.ETAG);
    HeaderValues asked = request.get(Headers.IF_NONE_MATCH);
    if (tag == null || asked == null || !strong(tag)) {
      return;
    }
    String weak = "W/" + tag;
    if (asked.stream().anyMatch(line -> line.contains(weak))) {
      headers.put(Headers.ETAG, weak);
      varies();
    }
  }
}
