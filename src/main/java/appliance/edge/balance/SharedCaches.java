package appliance.edge.balance;

import io.undertow.util.DateUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import java.util.regex.Pattern;

/** Whether caches on the way may give an answer to others as it is (RFC 9111, sections 3 and 4.2.1). */
final class SharedCaches {

  private static final Pattern NEVER = Pattern.compile("\\b(?:private|no-store)\\b");
  private static final Pattern FRESH =
      Pattern.compile("\\bpublic\\b|\\bs-maxage\\b|\\bmax-age=\"?0*[1-9]");

  private SharedCaches() {}

  static boolean mayKeep(HeaderMap answer) {
    HeaderValues lines = answer.get(Headers.CACHE_CONTROL);
    String control = lines == null ? "" : String.join(",", lines).toLowerCase(Locale.ROOT);
    if (NEVER.matcher(control).find()) {
      return false;
    }
    return FRESH.matcher(control).find() || (!control.contains("max-age") && later(answer));
  }

  private static boolean later(HeaderMap answer) {
    String expires = answer.getFirst(Headers.EXPIRES);
    Date date = expires == null ? null : DateUtils.parseDate(expires);
    return date != null && date.toInstant().isAfter(Instant.now());
  }
}
