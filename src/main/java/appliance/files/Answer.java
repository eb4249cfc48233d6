package appliance.files;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.List;
import java.util.Optional;

/**
 * What a request gets of a representation: decided by the fields alone, before any byte is read.
 *
 * @param status 200, 206, 304, 412 or 416
 * @param ranges the parts to send; none unless the status is 206
 */
record Answer(int status, List<ByteRange> ranges) {

  private static final Answer WHOLE = new Answer(200, List.of());
  private static final Answer UNSATISFIABLE = new Answer(416, List.of());

  Answer {
    ranges = List.copyOf(ranges);
  }

  /** {@code get} is false for HEAD, which knows no ranges. */
  static Answer to(
      HeaderMap request, boolean get, Asset asset, Representation chosen, int rangesMax) {
    int status = Conditions.status(request, asset, chosen.entityTag());
    if (status != 200) {
      return new Answer(status, List.of());
    }
    HeaderValues range = request.get(Headers.RANGE);
    if (!get
        || range == null
        || range.size() != 1
        || chosen.made()
        || !Conditions.rangeApplies(request, asset, chosen.entityTag())) {
      return WHOLE;
    }
    Optional<List<ByteRange>> ranges =
        ByteRange.parse(range.getFirst(), chosen.length(), rangesMax);
    return ranges
        .map(list -> list.isEmpty() ? UNSATISFIABLE : new Answer(206, list))
        .orElse(WHOLE);
  }

  /** Whether bytes of the representation, or at least their number, are part of it. */
  boolean needsContent() {
    return status == 200 || status == 206;
  }
}
