package appliance.files;

import io.undertow.util.DateUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The conditions of a GET or HEAD, in the order of RFC 9110, 13.2.2. */
final class Conditions {

  private Conditions() {}

  /** 200 to go on, 304, or 412. */
  static int status(HeaderMap request, Asset asset, String entityTag) {
    HeaderValues ifMatch = request.get(Headers.IF_MATCH);
    if (ifMatch != null) {
      if (!EntityTag.anyMatches(ifMatch, entityTag, false)) {
        return 412;
      }
    } else if (isChangedSince(request.get(Headers.IF_UNMODIFIED_SINCE), asset, false)) {
      return 412;
    }
    HeaderValues ifNoneMatch = request.get(Headers.IF_NONE_MATCH);
    boolean known = ifNoneMatch != null
        ? EntityTag.anyMatches(ifNoneMatch, entityTag, true)
        : !isChangedSince(request.get(Headers.IF_MODIFIED_SINCE), asset, true);
    return known ? 304 : 200;
  }

  /** Whether the asset is newer than the field's date; {@code absent} if there is no valid one. */
  private static boolean isChangedSince(@Nullable HeaderValues field, Asset asset, boolean absent) {
    if (field == null || field.size() != 1) {
      return absent;
    }
    return date(field.getFirst(), asset)
        .map(millis -> asset.modifiedMillis() > millis)
        .orElse(absent);
  }

  /** Whether Range counts: no If-Range, or one that names what would be sent (RFC 9110, 13.1.5). */
  static boolean rangeApplies(HeaderMap request, Asset asset, String entityTag) {
    HeaderValues ifRange = request.get(Headers.IF_RANGE);
    if (ifRange == null) {
      return true;
    }
    String value = ifRange.getFirst().strip();
    if (ifRange.size() != 1 || value.equals("*")) {
      return false;
    }
    if (value.startsWith("\"") || value.startsWith("W/")) {
      return EntityTag.anyMatches(List.of(value), entityTag, false);
    }
    return asset.isSettled(System.currentTimeMillis())
        && date(value, asset).map(millis -> millis == asset.modifiedMillis()).orElse(false);
  }

  private static Optional<Long> date(String text, Asset asset) {
    if (text.equals(asset.lastModified())) {
      return Optional.of(asset.modifiedMillis());
    }
    Date date = DateUtils.parseDate(text);
    return date == null ? Optional.empty() : Optional.of(date.toInstant().toEpochMilli());
  }
}
