package appliance.edge.http;

import io.undertow.util.AttachmentKey;

/**
 * What the client asked for, where a rewrite has put something else in its place.
 *
 * @param path as it was sent, percent-encoded
 * @param query without the question mark
 */
public record OriginalTarget(String path, String query) {

  /** As it stood in the request. */
  public String whole() {
    return query.isEmpty() ? path : path + "?" + query;
  }

  /** Where an exchange carries it. */
  public static final AttachmentKey<OriginalTarget> KEY =
      AttachmentKey.create(OriginalTarget.class);
}
